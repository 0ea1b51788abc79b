// One page without outside parts: the cases that fail, for people. Without JavaScript it lacks the
// search box alone.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "service/check/report_parts.h"
#include "service/strings.h"
#include "translator/utf8.h"

namespace signalbook::check {
namespace {

constexpr int64_t kMostCases = 5000;
// A browser shall still open it.
constexpr int64_t kMostBytes = 50'000'000;
constexpr size_t kMostTextBytes = 1500;
// Bad lines and stale rows that are named.
constexpr int64_t kMostLines = 1000;

// `default-src 'none'`: nothing is fetched, whatever an answer holds.
constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<style>
:root { color-scheme: light dark; --paper: #fff; --card: #f6f6f4; --ink: #1c1c1a; --dim: #5c5c57; --line: #d5d5cf;
  --bad: #b3261e; --good: #1a6b35; }
@media (prefers-color-scheme: dark) { :root { --paper: #161615; --card: #21211f; --ink: #ecece8; --dim: #a9a9a2;
  --line: #3d3d39; --bad: #ff8a80; --good: #7ddc9a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.1rem; margin: 0; color: var(--dim); font-weight: 600; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
.headline { font-size: 2rem; font-weight: 700; line-height: 1.2; margin: .25rem 0; }
.headline.bad { color: var(--bad); } .headline.good { color: var(--good); }
.dim, .points, dt { color: var(--dim); }
.points { font-size: .8em; unicode-bidi: isolate; direction: ltr; }
code, .points { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
table { border-collapse: collapse; } th, td { text-align: start; padding: .1rem 1.5rem .1rem 0; font-weight: 400; }
td { text-align: end; font-variant-numeric: tabular-nums; padding-inline-end: 0; }
input { font: inherit; width: 100%; padding: .5rem .75rem; border: 1px solid var(--dim); border-radius: .4rem;
  background: var(--paper); color: var(--ink); }
.search { position: sticky; top: 0; padding: .75rem 0; background: var(--paper); }
.search[hidden], .case[hidden] { display: none; }
.cases { list-style: none; padding: 0; margin: 0; }
.case { background: var(--card); border: 1px solid var(--line); border-inline-start: 4px solid var(--bad);
  border-radius: .4rem; padding: .75rem 1rem; margin: 0 0 1rem; }
.emoji { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: 0; margin: .5rem 0; }
.emoji li { display: flex; align-items: center; gap: .6rem; }
.picture { font: 2.5rem/1.2 "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", sans-serif;
  font-variant-emoji: emoji; }
.finding { margin: .75rem 0 0; } .finding p { margin: 0; }
.rule { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: 5.5rem 1fr; gap: .1rem .75rem; margin: .25rem 0 0; }
dd { margin: 0; min-width: 0; } bdi { white-space: pre-wrap; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } }
</style>
)";

// Items are searched as they read; the texts are taken once.
constexpr std::string_view kScript = R"(<script>
(() => {
  const form = document.getElementById("search");
  if (!form) return;
  const items = [...document.querySelectorAll(".case")].map((item) => [item, item.textContent.toLowerCase()]);
  const box = form.querySelector("input"), count = form.querySelector("output");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    let shown = 0;
    for (const [item, text] of items) {
      item.hidden = !text.includes(wanted);
      if (!item.hidden) ++shown;
    }
    count.textContent = wanted ? shown + " of " + items.length + " shown" : "";
  });
})();
</script>
)";

// A text as Shown gives it, with its code points set apart: in a text that runs from right to left
// they still run from left to right.
std::string Text(std::string_view text, std::string_view language = "") {
  const std::string escaped = Markup(Shown(text, kMostTextBytes));
  std::string html = language.empty() ? "<bdi>" : StrCat("<bdi lang=\"", language, "\">");
  size_t done = 0;
  for (size_t at; (at = escaped.find("[U+", done)) != std::string::npos;) {
    const size_t end = escaped.find(']', at);
    if (end == std::string::npos) break;
    html += escaped.substr(done, at - done);
    html += StrCat("<span class=\"points\" dir=\"ltr\" lang=\"en\">",
                   escaped.substr(at, end + 1 - at), "</span>");
    done = end + 1;
  }
  return StrCat(html, escaped.substr(done), "</bdi>");
}

std::string Plain(std::string_view text) { return Markup(Visible(text)); }

// The emoji of a sequence, "1F1E8-1F1E6 1F600", large.
std::string Pictures(const std::string& sequence) {
  std::string items;
  for (const absl::string_view key : absl::StrSplit(sequence, ' ', absl::SkipEmpty())) {
    std::string picture, points;
    for (const std::string& part : std::vector<std::string>(absl::StrSplit(key, '-'))) {
      char* end = nullptr;
      const unsigned long point = std::strtoul(part.c_str(), &end, 16);
      // No key of ours: shown as it is written.
      if (part.empty() || *end != '\0' || point < 0x20 || point > 0x10FFFF) {
        picture.clear();
        points = Plain(AsStd(key));
        break;
      }
      AppendUtf8(static_cast<char32_t>(point), &picture);
      points += StrCat(points.empty() ? "" : " ", "U+", part);
    }
    items += StrCat("<li><span class=\"picture\">", Markup(picture), "</span><code>", points,
                    "</code></li>");
  }
  return items.empty() ? "" : StrCat("<ul class=\"emoji\" aria-label=\"Emoji\">", items, "</ul>\n");
}

std::string Row(std::string_view term, std::string_view text) {
  return StrCat("<dt>", term, "</dt><dd>", text, "</dd>");
}

// A link only to what the web calls one: no script stands behind it.
std::string Origin(const std::string& origin) {
  if (!origin.starts_with("https://") && !origin.starts_with("http://")) return Text(origin);
  return StrCat("<a rel=\"noreferrer\" href=\"", Plain(origin), "\">", Text(origin), "</a>");
}

std::string ItemOf(const CaseResult& result) {
  std::string html =
      StrCat("<li class=\"case\"><h3>", Text(result.id), "</h3>\n<div class=\"dim\"><bdi>",
             Markup(Place(result.file, result.line)), "</bdi> · ", Markup(Direction(result)),
             "</div>\n", Pictures(result.sequence));
  for (const Finding& finding : result.findings) {
    html += StrCat("<div class=\"finding\"><p><code class=\"rule\">", Plain(finding.rule),
                   "</code> ", Text(finding.message), "</p>");
    if (!finding.expected.empty() || !finding.actual.empty()) {
      html += StrCat("<dl>", Row("expected", Text(finding.expected)),
                     Row("actual", Text(finding.actual)), "</dl>");
    }
    html += "</div>\n";
  }
  html += StrCat(
      "<div class=\"finding\"><dl>", Row("source", Text(result.source, Plain(result.from))),
      Row("output", Text(result.output, Plain(result.to))),
      result.origin.empty() ? "" : Row("origin", Origin(result.origin)), "</dl></div></li>\n");
  return html;
}

std::string List(std::string_view title, const std::string& items, int64_t unlisted) {
  if (items.empty()) return "";
  return StrCat("<h2>", title, "</h2>\n<ul>\n", items, "</ul>\n",
                unlisted > 0 ? StrCat("<p>and ", unlisted, " more</p>\n") : "");
}

class HtmlReport final : public ReportWriter {
 public:
  HtmlReport(std::unique_ptr<OutputFile> file, std::unique_ptr<Spool> cases, const RunInfo& info)
      : file_(std::move(file)), cases_(std::move(cases)), info_(info) {}

  void Add(const CaseResult& result) override {
    if (result.passed()) return;
    for (const Finding& finding : result.findings) ++by_rule_[finding.rule];
    ++failed_;
    if (listed_ + 1 < failed_ || listed_ == kMostCases) return;
    const std::string item = ItemOf(result);
    if (cases_->size() + static_cast<int64_t>(item.size()) > kMostBytes) return;
    cases_->Append(item);
    ++listed_;
  }

  void Add(const BadLine& line) override {
    if (++bad_lines_ > kMostLines) return;
    bad_ += StrCat("<li><bdi>", Markup(Place(line.file, line.line)), "</bdi>: ", Text(line.what),
                   "</li>\n");
  }

  absl::Status Finish(const RunSummary& summary) override {
    WriteHead(summary);
    if (failed_ > 0) {
      file_->Write(
          "<h2 id=\"failing\">Failing cases</h2>\n<form class=\"search\" id=\"search\" "
          "role=\"search\" "
          "hidden><label for=\"wanted\">Search in the failing cases</label> <input type=\"search\" "
          "id=\"wanted\" autocomplete=\"off\"><output for=\"wanted\" "
          "class=\"dim\"></output></form>\n"
          "<ol class=\"cases\" aria-labelledby=\"failing\">\n");
      absl::Status copied = cases_->CopyTo(0, cases_->size(), file_.get());
      if (!copied.ok()) return copied;
      file_->Write("</ol>\n");
      if (failed_ > listed_) file_->Write(StrCat("<p>and ", failed_ - listed_, " more</p>\n"));
    }
    file_->Write(List("Lines that are no case", bad_, bad_lines_ - kMostLines));
    std::string stale;
    for (size_t i = 0; i < summary.stale.size() && i < static_cast<size_t>(kMostLines); ++i) {
      stale += StrCat("<li>", Text(summary.stale[i]), "</li>\n");
    }
    file_->Write(List("Stale rows of the baseline", stale,
                      static_cast<int64_t>(summary.stale.size()) - kMostLines));
    file_->Write(StrCat("</main>\n", kScript, "</body>\n</html>\n"));
    return file_->Commit();
  }

 private:
  void WriteHead(const RunSummary& summary) {
    const std::string headline = Headline(summary);
    const bool good = summary.failed == 0 && summary.bad_lines == 0;
    file_->Write(StrCat(kHead, "<title>", headline,
                        " – signalbook check</title>\n</head>\n<body>\n<main>\n",
                        "<h1>signalbook check</h1>\n<p class=\"headline ", good ? "good" : "bad",
                        "\">", headline, "</p>\n"));
    const std::string counts = SideCounts(summary), who = WhoAnswered(info_);
    if (!counts.empty()) file_->Write(StrCat("<p>", Markup(counts), "</p>\n"));
    if (!who.empty()) file_->Write(StrCat("<p class=\"dim\">answered by ", Text(who), "</p>\n"));
    if (by_rule_.empty()) return;
    file_->Write("<h2 id=\"rules\">Findings by rule</h2>\n<table aria-labelledby=\"rules\">\n");
    for (const auto& [rule, count] : by_rule_) {
      file_->Write(StrCat("<tr><th scope=\"row\"><code>", Plain(rule), "</code></th><td>", count,
                          "</td></tr>\n"));
    }
    file_->Write("</table>\n");
  }

  const std::unique_ptr<OutputFile> file_;
  const std::unique_ptr<Spool> cases_;  // those that are listed
  const RunInfo info_;
  std::map<std::string, int64_t> by_rule_;
  std::string bad_;  // items
  int64_t failed_ = 0;
  int64_t listed_ = 0;
  int64_t bad_lines_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ReportWriter>> MakeHtmlReport(std::unique_ptr<OutputFile> file,
                                                             const RunInfo& info) {
  absl::StatusOr<std::unique_ptr<Spool>> cases = Spool::Create();
  if (!cases.ok()) return cases.status();
  return std::make_unique<HtmlReport>(std::move(file), *std::move(cases), info);
}

}  // namespace signalbook::check
