// SPDX-License-Identifier: GPL-2.0-or-later
// Shows the report. Every text of it is set as text: none becomes markup, style or script.
"use strict";
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const page = document.getElementById("page");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colours = ["#3b7dd8", "#e08a1e", "#2f9e6e", "#b4559f", "#c9473d", "#7a68c9", "#8c7a2f", "#2d98a8", "#8a8f98"];
  const charts = [];
  const shortest = 160;  // pixels of a chart's height

  function add(parent, name, text, className) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    parent.append(element);
    return element;
  }

  const grouped = new Intl.NumberFormat("en");
  const shown = (cell) => (typeof cell === "number" ? grouped.format(cell) : cell);
  const beginning = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

  function copy(text, button) {
    const say = (word) => {
      const before = button.dataset.label;
      button.textContent = word;
      setTimeout(() => { button.textContent = before; }, 1500);
    };
    const byHand = () => {
      const area = add(document.body, "textarea", undefined, "copied");
      area.value = text;
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      say(done ? "Copied" : "Copying failed");
    };
    if (!navigator.clipboard) return byHand();
    return navigator.clipboard.writeText(text).then(() => say("Copied"), byHand);
  }

  function addCopied(parent, label, text) {
    const line = add(parent, "div", undefined, "find");
    add(line, "code", text);
    const button = add(line, "button", `Copy ${label}`);
    button.type = "button";
    button.dataset.label = button.textContent;
    button.addEventListener("click", () => copy(text, button));
  }

  function addTable(parent, section) {
    const scrolled = add(parent, "div", undefined, "table");
    scrolled.tabIndex = 0;
    scrolled.setAttribute("role", "region");
    scrolled.setAttribute("aria-label", `Table: ${section.title}`);
    const table = add(scrolled, "table");
    const head = add(add(table, "thead"), "tr");
    add(head, "th", section.names).scope = "col";
    section.columns.forEach((column, i) => {
      const isText = section.rows.every((row) => typeof row.cells[i] === "string");
      add(head, "th", column, isText ? "text" : "figure").scope = "col";
    });
    const finds = section.rows.some((row) => row.query);
    if (finds) add(head, "th", "packets of the row", "screen").scope = "col";
    const body = add(table, "tbody");
    for (const row of section.rows) {
      const line = add(body, "tr");
      add(line, "th", row.name, section.chart === "time" ? "time" : "name").scope = "row";
      for (const cell of row.cells) {
        const isFigure = typeof cell === "number";
        const mark = isFigure && section.approximate ? "≈ " : "";
        add(line, "td", mark + shown(cell), isFigure ? "figure" : "text");
      }
      if (!finds) continue;
      const place = add(line, "td", undefined, "screen");
      if (!row.query) continue;
      const details = add(place, "details");
      add(details, "summary", "find");
      // Made when it is wanted: there may be thousands.
      details.addEventListener("toggle", () => {
        if (!details.open || details.childElementCount > 1) return;
        addCopied(details, "query", row.query);
        addCopied(details, "command", row.command);
      });
    }
  }

  // "2026-03-01 12:00:00", and only the time where all are of one day.
  function times(section) {
    const parts = section.rows.map((row) => row.name.replace(/(\.000)?Z$/, "").split("T"));
    const isOneDay = parts.every((part) => part[0] === parts[0][0] && part.length === 2);
    return parts.map((part) => (isOneDay ? part[1] : part.join(" ")));
  }

  function barsOf(section) {
    return {
      type: "bar",
      data: {
        labels: section.rows.map((row) => beginning(row.name, 32)),
        datasets: [{
          label: section.columns[section.charted],
          data: section.rows.map((row) => row.cells[section.charted]),
          backgroundColor: colours[0],
        }],
      },
      options: { indexAxis: "y", plugins: { legend: { display: false } } },
    };
  }

  function timeOf(section) {
    const stacked = section.columns.slice(section.charted);
    return {
      type: "bar",
      data: {
        labels: times(section),
        datasets: stacked.map((column, i) => ({
          label: column,
          data: section.rows.map((row) => row.cells[section.charted + i]),
          backgroundColor: colours[i % colours.length],
          categoryPercentage: 1,
          barPercentage: 0.95,
        })),
      },
      options: { scales: { x: { stacked: true }, y: { stacked: true } } },
    };
  }

  function addChart(parent, section) {
    const isTime = section.chart === "time";
    const frame = add(parent, "div", undefined, "chart");
    frame.style.height = `${isTime ? 300 : Math.max(shortest, 60 + 22 * section.rows.length)}px`;
    const canvas = add(frame, "canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Chart: ${section.title}. The table below has its figures.`);
    const made = isTime ? timeOf(section) : barsOf(section);
    const scales = made.options.scales || {};
    for (const axis of ["x", "y"]) {
      const isLong = (axis === "y") === isTime;
      scales[axis] = { ...scales[axis], grid: {}, ticks: { maxRotation: 0, autoSkip: isTime || isLong } };
      if (isLong) scales[axis].beginAtZero = true;
    }
    Object.assign(made.options, { animation: false, responsive: true, maintainAspectRatio: false, scales });
    charts.push(new Chart(canvas, made));
  }

  function paint(isDark) {
    const text = isDark ? "#d5d9df" : "#30343a";
    const lines = isDark ? "#3a3f47" : "#dfe2e6";
    for (const chart of charts) {
      for (const axis of ["x", "y"]) {
        const scale = chart.options.scales[axis];
        scale.ticks.color = text;
        scale.grid.color = lines;
      }
      const legend = chart.options.plugins.legend;
      legend.labels = { ...legend.labels, color: text, boxWidth: 12 };
      chart.update("none");
    }
  }

  function addSection(section) {
    const part = add(page, "section");
    part.id = section.id;
    add(part, "h2", section.title);
    add(part, "p", section.sentence, "sentence");
    if (section.rows.length > 0) {
      if (section.chart !== "none") addChart(part, section);
      addTable(part, section);
    }
    if (section.approximate) {
      add(part, "p", "≈ The server has put these figures together from the first values of each shard: they can be too low.",
        "note");
    }
    if (section.note) add(part, "p", section.note, section.rows.length > 0 ? "note" : "note empty");
  }

  page.replaceChildren();
  add(page, "h1", "espcap report");
  const facts = add(page, "dl");
  for (const fact of report.facts) {
    const pair = add(facts, "div");
    add(pair, "dt", fact.name);
    add(pair, "dd", shown(fact.value));
  }
  const contents = add(page, "nav");
  contents.setAttribute("aria-label", "Contents");
  for (const section of report.sections) {
    const link = add(contents, "a", section.title);
    link.href = `#${section.id}`;
  }
  report.sections.forEach(addSection);
  add(page, "footer", "Made by espcap. Charts: Chart.js, © Chart.js contributors, MIT licence.");
  paint(dark.matches);
  dark.addEventListener("change", () => paint(dark.matches));
  addEventListener("beforeprint", () => {
    paint(false);
    charts.forEach((chart) => chart.resize());
  });
  addEventListener("afterprint", () => {
    paint(dark.matches);
    charts.forEach((chart) => chart.resize());
  });
  document.documentElement.dataset.shown = String(charts.length);
})();
