# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults that the tests must catch: in a function, a text and its replacement.

A function is named with its classes and without its namespaces, so that it may move to any file of src/.
Whatever changes the text, the function's name or the tests is followed here, in the same commit: put in
the same fault where it is now, and run it (`./dev mutations NAME`)."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutation:
    name: str
    function: str
    text: str  # once in the function's body, within a line
    replacement: str
    tests: tuple  # that must catch it: Suite.Test, or a pytest file, with ::test[parameter] or without
    what: str  # is wrong then


MUTATIONS = [
    # --- encode ---
    Mutation("encode-one-field", "AppendFieldValue",
             "AppendDecimalValue(out, wireshark::Uint32(field))",
             'AppendDecimalValue(out, wireshark::Uint32(field) + (field.hfinfo->abbrev == '
             'std::string_view("ip.ttl") ? 1 : 0))',
             ("tests/integration/test_referee.py::test_own_captures[plain]",),
             "one field's value is one more than tshark's"),
    Mutation("encode-long-list", "TreeEncoder::Add",
             "list.last = place;", "list.last = first;",
             ("tests/integration/test_referee.py::test_own_captures[plain]",),
             "of a field that comes three times in an object, the second value is left out"),
    Mutation("encode-february", "WriteDate",
             "(month <= 2 ? 1 : 0)", "(month < 2 ? 1 : 0)",
             ("AbsoluteTime.EqualsTheCLibrarysCalendar",),
             "a time in February has the year before"),
    Mutation("encode-surrogate", "ReadUtf8Sequence",
             "if (lead == 0xED) high = 0x9F;", "",
             ("Utf8Repair.EachMaximalIllFormedSubsequenceBecomesOneReplacement",),
             "halves of a surrogate pair pass for UTF-8, and a server refuses the document"),
    Mutation("encode-flow-of-one-host", "CommunityId",
             "std::get<1>(near) < std::get<1>(far)", "std::get<1>(near) > std::get<1>(far)",
             ("CommunityId.IsTheReferences",),
             "a flow within one host has another id than other programs give it"),
    Mutation("encode-ecs-port", "EcsCollector::AddEnds",
             "frame.destport", "frame.srcport",
             ("tests/integration/test_ecs.py::test_ecs_has_the_ports_of_the_transport",),
             "destination.port is the source's"),

    # --- deliver ---
    Mutation("deliver-conflict", "DecideItem",
             "case 409:", "case 410:",
             ("DecideItem.IsAFunctionOfStatusAndType",),
             "a document that is there already is a dead letter"),
    Mutation("deliver-one-request-more", "NodePool::Take",
             "node.in_flight >= node.limit.requests()", "node.in_flight > node.limit.requests()",
             ("NodePoolTest.HealthyNodesTakeTurns",),
             "a node gets one request more than --concurrency allows"),
    Mutation("deliver-half-document", "OutputFile::WriteText",
             "document.offset + document.length > written_bytes", "document.offset > written_bytes",
             ("OutputFileTest.AFileIsCutBackToItsLastWholeDocument",),
             "a half document counts as written, and stays in the file of a full disk"),
    Mutation("deliver-letters-unsynced", "DeadLetters::Append",
             "is_synced_ = false;", "",
             ("DeadLettersTest.WhatIsAppendedIsSynced",),
             "dead letters are lost by a power failure, though their documents are settled"),
    Mutation("deliver-refused-uncounted", "DocumentOutcomes::CountKept",
             "ledger.dead_lettered += settled;", "",
             ("tests/fault/test_dead_letters.py::test_seven_of_a_thousand[elasticsearch]",),
             "refused documents are in no counter of the summary"),
    Mutation("deliver-lost-is-settled", "DocumentOutcomes::CountKept",
             "if (!kept.result) delivery = Delivery::kFailed;", "",
             ("tests/fault/test_dead_letters.py::"
              "test_spooled_documents_stay_until_their_letters_are_kept[elasticsearch]",),
             "what was refused, and could not be kept, is deleted from the spool"),
    Mutation("deliver-one-retry-less", "DocumentOutcomes::SendAgain",
             "chunk.failures > *options_.max_retries", "chunk.failures >= *options_.max_retries",
             ("tests/fault/test_faulty_node.py::test_max_retries",),
             "--max-retries 2 sends again only once"),

    # --- spool ---
    Mutation("spool-too-large", "Spool::Append",
             "header_bytes + record_bytes > options_.max_bytes", "header_bytes > options_.max_bytes",
             ("SpoolTest.WhenItIsFullNothingIsWritten",),
             "a spool grows beyond --spool-bytes"),
    Mutation("spool-documents-before", "Spool::WriteRecord",
             "documents_before_ += record.frame.documents;", "",
             ("SpoolDamageTest.EveryByteFlippedInTurn",),
             "losses can't be counted by their neighbours"),
    Mutation("spool-frame-numbers", "StepFrom",
             "(step + 1) >> 1U", "step >> 1U",
             ("SpoolTest.EverySizeAndOrderOfDocumentsComesBack",),
             "spooled documents that are not in order have other packets' numbers"),
    Mutation("spool-settled-twice", "Spool::Settle",
             "segment.records() > 0", "segment.records() > 1",
             ("SpoolTest.OfTwoBatchesTheSettledOneIsNotSentAgain",),
             "of a segment's last two batches the settled one is sent again by the next run"),
    Mutation("spool-unsynced", "Spool::FinishSegment",
             "auto synced = segment.Sync();", "Result<void> synced = {};",
             ("SpoolTest.AFinishedSegmentIsSynced",),
             "a finished segment isn't on the disk"),
    Mutation("spool-half-record", "SegmentFile::Append",
             "static_cast<void>(Cut(bytes_));", "",
             ("SpoolTest.AFullDiskLeavesWhatWasThereAndIsNoEnd",),
             "a full disk leaves a part of a record behind"),

    # --- live ---
    Mutation("live-one-packet-more", "SharedCaptureState::NumberingLock::Take",
             "shared.numbered >= limits.packets", "shared.numbered > limits.packets",
             ("SharedCaptureState.IsOverAtEitherLimit",),
             "--count 10 ends after 11 packets"),
    Mutation("live-time-before", "SharedCaptureState::NumberingLock::Take",
             "shared.previous_time = time;", "shared.previous_time = shared.first_time;",
             ("SharedCaptureState.NumbersPacketsWithTheTimesBeforeThem",),
             "frame.time_delta is the time since the first packet"),
    Mutation("live-nanoseconds", "LinkPackets::HeaderOf",
             "(nanoseconds_ ? 1 : kNanosecondsInMicrosecond)",
             "(nanoseconds_ ? kNanosecondsInMicrosecond : 1)",
             ("LinkPackets.GiveWhatAFileWouldHave",),
             "a packet's fraction of a second is wrong"),
    Mutation("live-raw-unflushed", "RawRecorder::Flush",
             "if (file_ != nullptr && std::exchange(has_unflushed_, false)) Check(file_->Flush());", "",
             ("RawRecorderTest.WritesWhatWiretapReads",),
             "the last raw packets are lost where espcap is killed"),
    Mutation("live-drop-uncounted", "SharedCaptureState::CountRingDrop",
             "Add(shared_->interfaces.at(interface).ring_dropped, 1);", "",
             ("SharedCaptureState.CountsApartAndTogether",),
             "packets that find no room in a ring are in no counter"),
    Mutation("live-stop", "LiveReader::Run",
             "return Drain(packets);", "return End::kStopped;",
             ("tests/integration/test_live.py::test_a_stop_delivers_all_that_was_captured",),
             "what the kernel has captured before a stop is lost"),
    Mutation("live-connected-again", "RemoteReader::Run",
             "was_away_ = true;", "",
             ("tests/integration/test_live_sources.py::test_packets_that_another_machine_sends",),
             "nobody is told that a remote stream goes on"),
]
