// SPDX-License-Identifier: GPL-2.0-or-later
//
// Real clients in the same thread: a step of theirs, then the server's turn.
#include "telemetry/metrics_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "base/file_descriptor.h"

namespace espcap::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr unsigned kConnections = 8;
constexpr milliseconds kVisitTime{1000};

class Client {
 public:
  explicit Client(const MetricsServer& server)
      : socket_(::socket(server.address().address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto& address = server.address();
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.address),
                        address.length),
              0);
    ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
  }

  void Send(const std::string& bytes) const {
    static_cast<void>(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  // Takes what is there.
  void Receive() {
    std::array<char, 4096> piece;
    while (!closed_) {
      const ssize_t count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        closed_ = true;
      } else {
        received_.append(piece.data(), static_cast<size_t>(count));
      }
    }
  }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] const std::string& received() const { return received_; }

 private:
  base::FileDescriptor socket_;
  std::string received_;
  bool closed_ = false;
};

class MetricsServerTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto address = ParseListenAddress(GetParam());
    ASSERT_TRUE(address);
    auto server =
        MetricsServer::Start(*address, {[this] { return metrics_; }, [this] { return ailment_; }},
                             {kConnections, kVisitTime});
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  // As the supervisor's loop does, for so long or until `client` is through.
  void ServeFor(milliseconds time, const Client* client = nullptr) {
    const auto end = steady_clock::now() + time;
    while (steady_clock::now() < end && (client == nullptr || !client->closed())) {
      pollfd wait = {server_->fd(), POLLIN, 0};
      const auto patience = std::min(server_->NextTimeout(), milliseconds(20));
      ::poll(&wait, 1, static_cast<int>(patience.count()));
      ++turns_;
      if (wait.revents != 0 || server_->NextTimeout() == milliseconds(0)) server_->Serve();
      if (client != nullptr) const_cast<Client*>(client)->Receive();
    }
  }

  std::string Ask(const std::string& request) {
    Client client(*server_);
    client.Send(request);
    ServeFor(milliseconds(4000), &client);
    EXPECT_TRUE(client.closed()) << request;
    return client.received();
  }

  static std::string BodyOf(const std::string& response) {
    const size_t head = response.find("\r\n\r\n");
    return head == std::string::npos ? "no body: " + response : response.substr(head + 4);
  }

  std::string metrics_ = "# HELP x X.\n# TYPE x gauge\nx 1\n";
  std::string ailment_;
  std::unique_ptr<MetricsServer> server_;
  int turns_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Families, MetricsServerTest, ::testing::Values("0", "[::1]:0"));

TEST_P(MetricsServerTest, ServesMetrics) {
  const std::string response = Ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(response.find("HTTP/1.1 200 OK\r\n"), 0U) << response;
  EXPECT_NE(response.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
            std::string::npos)
      << response;
  EXPECT_NE(response.find("Connection: close\r\n"), std::string::npos) << response;
  EXPECT_EQ(BodyOf(response), metrics_);
}

TEST_P(MetricsServerTest, ServesLargeAnswersWhole) {
  metrics_.assign(size_t{4} << 20U, 'x');
  metrics_ += "end";
  EXPECT_EQ(BodyOf(Ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")), metrics_);
}

TEST_P(MetricsServerTest, SaysHowTheRunIs) {
  EXPECT_EQ(Ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").find("HTTP/1.1 200 "), 0U);
  EXPECT_EQ(BodyOf(Ask("GET /healthz HTTP/1.0\r\n\r\n")), "ok\n");
  ailment_ = "the spool accepts no more documents";
  const std::string response = Ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(response.find("HTTP/1.1 503 "), 0U) << response;
  EXPECT_EQ(BodyOf(response), ailment_ + "\n");
}

TEST_P(MetricsServerTest, TakesGetAndHeadOfItsPagesOnly) {
  struct Case {
    const char* request;
    const char* status;
  };
  const std::string large_path(20'000, 'a');
  const std::string large = "GET /" + large_path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string large_head = "GET /metrics HTTP/1.1\r\nX: " + large_path + "\r\n\r\n";
  const Case cases[] = {
      {"GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n", "200"},
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
      {"GET /metrics/ HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
      {"GET /../metrics HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "404"},
      {"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nx=1", "405"},
      {"PUT /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nx", "405"},
      {"DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "405"},
      {large.c_str(), "414"},
      {large_head.c_str(), "431"},
      {"nonsense\r\n\r\n", ""},
  };
  for (const Case& c : cases) {
    const std::string response = Ask(c.request);
    const std::string status = response.size() < 12 ? "" : response.substr(9, 3);
    EXPECT_EQ(status, c.status) << std::string(c.request).substr(0, 60) << "\n" << response;
  }
  EXPECT_NE(Ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                .find("Allow: GET, HEAD\r\n"),
            std::string::npos);
}

TEST_P(MetricsServerTest, AnswersHeadWithoutABody) {
  const std::string response = Ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(response.find("HTTP/1.1 200 OK\r\n"), 0U) << response;
  EXPECT_NE(response.find("Content-Length: " + std::to_string(metrics_.size()) + "\r\n"),
            std::string::npos)
      << response;
  EXPECT_EQ(BodyOf(response), "");
}

TEST_P(MetricsServerTest, WaitsWithoutTurningInCircles) {
  Client silent(*server_);
  ServeFor(milliseconds(300));
  EXPECT_LT(turns_, 60);
}

// Beyond the limit they wait in the socket's queue, and the loop doesn't spin meanwhile.
TEST_P(MetricsServerTest, BoundsItsConnections) {
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 12; ++i) silent.push_back(std::make_unique<Client>(*server_));
  ServeFor(milliseconds(300));
  EXPECT_LT(turns_, 60);
  Client asking(*server_);
  asking.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  ServeFor(milliseconds(100), &asking);
  EXPECT_EQ(asking.received(), "");
  silent.clear();
  ServeFor(milliseconds(4000), &asking);
  EXPECT_EQ(BodyOf(asking.received()), "ok\n");
}

// One that says nothing, one that goes on with a byte now and then, and one that takes nothing.
TEST_P(MetricsServerTest, CutsOffClientsThatTakeTooLong) {
  metrics_.assign(size_t{32} << 20U, 'x');
  Client silent(*server_);
  Client slow(*server_);
  Client deaf(*server_);
  deaf.Send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  slow.Send("GET /metrics HTTP/1.1\r\n");
  const auto start = steady_clock::now();
  const auto elapsed = [start] { return steady_clock::now() - start; };
  while (elapsed() < kVisitTime * 9 / 10) {
    slow.Send("X");
    ServeFor(kVisitTime / 50);
    silent.Receive();
    slow.Receive();
    ASSERT_FALSE(silent.closed() || slow.closed());
  }
#ifdef __SANITIZE_THREAD__
  constexpr int kQuarters = 16;  // the deaf one's answer alone takes it seconds
#else
  constexpr int kQuarters = 5;
#endif
  while (elapsed() < kVisitTime * kQuarters / 4) {
    slow.Send("X");
    ServeFor(kVisitTime / 50);
  }
  EXPECT_LT(turns_, 400);
  for (Client* client : {&silent, &slow, &deaf}) {
    client->Receive();
    EXPECT_TRUE(client->closed());
  }
  EXPECT_EQ(slow.received(), "");
  EXPECT_LT(deaf.received().size(), metrics_.size());
  EXPECT_EQ(BodyOf(Ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")), "ok\n");
}

}  // namespace
}  // namespace espcap::telemetry
