#include "service/cli/table.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "service/strings.h"

namespace signalbook {
namespace {

// "LICENCE_BOOK" → "BOOK".
std::string Short(std::string_view name, std::string_view prefix) {
  return std::string(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
}

std::string Range(const v1::ByteRange& range) { return StrCat(range.begin(), "-", range.end()); }

std::string Entry(const v1::Entry& entry) {
  return StrCat(entry.key(), " in ", entry.locale(), ", ", entry.source());
}

// Why a piece may stand there, or why nothing better does.
std::string Grounds(const v1::Piece& piece) {
  if (piece.has_refusal()) return StrCat("refused: ", Describe(piece.refusal()));
  if (piece.has_entry()) return Entry(piece.entry());
  if (piece.has_model()) {
    return std::string(
        absl::StripAsciiWhitespace(StrCat(piece.model().name(), " ", piece.model().version())));
  }
  return "";
}

std::string WithNote(const std::string& text, std::string_view note) {
  return note.empty() ? text : StrCat(text, "  ", note);
}

}  // namespace

std::string Table::Render() const {
  std::vector<size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      absl::StrAppendFormat(&line, "  %-*s", static_cast<int>(widths[i]), row[i]);
    }
    absl::StrAppend(&text, text.empty() ? "" : "\n", line, "  ", row.back());
  }
  return text;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    // C1 controls are C2 80 … C2 9F in UTF-8.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xA0;
    if (byte == '"' || byte == '\\') {
      quoted += {'\\', text[i]};
    } else if (byte == '\n') {
      quoted += "\\n";
    } else if (c1) {
      absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<uint8_t>(text[++i]));
    } else if (absl::ascii_iscntrl(byte)) {
      absl::StrAppendFormat(&quoted, "\\u%04x", byte);
    } else {
      quoted += text[i];
    }
  }
  return quoted + "\"";
}

std::string PieceTable(const v1::Translation& translation) {
  Table table({"source", "target", "licence", "kind", "placement", "text"});
  for (const v1::Piece& piece : translation.pieces()) {
    const v1::ByteRange& range = piece.target_range();
    const std::string_view text = std::string_view(translation.translated_text())
                                      .substr(range.begin(), range.end() - range.begin());
    table.Add({Range(piece.source_range()), Range(range),
               Short(v1::Licence_Name(piece.licence()), "LICENCE_"),
               Short(v1::Kind_Name(piece.kind()), "KIND_"),
               Short(v1::Placement_Name(piece.placement()), "PLACEMENT_"),
               WithNote(Quoted(text), Grounds(piece))});
  }
  return table.Render();
}

std::string ClusterTable(const v1::Analysis& analysis) {
  Table table({"bytes", "kind", "status", "licence", "code points", "text"});
  for (const v1::Cluster& cluster : analysis.clusters()) {
    const bool prose = cluster.kind() == v1::CLUSTER_PROSE;
    const bool approved = std::any_of(cluster.entries().begin(), cluster.entries().end(),
                                      [](const v1::Entry& entry) { return !entry.blocked(); });
    table.Add({Range(cluster.range()), Short(v1::ClusterKind_Name(cluster.kind()), "CLUSTER_"),
               cluster.status() == v1::STATUS_UNSPECIFIED
                   ? "-"
                   : Short(v1::Status_Name(cluster.status()), "STATUS_"),
               prose ? "MODEL" : (approved ? "BOOK" : "COPY"),
               cluster.code_points().empty() ? "-" : cluster.code_points(),
               WithNote(Quoted(cluster.text()), cluster.diagnosis())});
    for (const v1::Entry& entry : cluster.entries()) {
      table.Add({"", "", "", "", "",
                 StrCat("  ", entry.locale(), ": ",
                        entry.blocked() ? "blocked" : Quoted(entry.text()), "  ", entry.source())});
    }
  }
  return table.Render();
}

std::string CheckTable(const v1::JudgeCandidateResponse& judgement) {
  Table table({"check", "says", "saw"});
  for (const v1::CheckResult& check : judgement.checks()) {
    table.Add({check.check(), check.has_refusal() ? Describe(check.refusal()) : "-",
               check.saw().empty() ? "-" : Quoted(check.saw())});
  }
  return table.Render();
}

std::string Describe(const v1::Refusal& refusal) {
  std::string text = Short(v1::Reason_Name(refusal.reason()), "REASON_");
  if (!refusal.rule().empty()) absl::StrAppend(&text, " (", refusal.rule(), ")");
  if (!refusal.detail().empty()) absl::StrAppend(&text, ": ", refusal.detail());
  return text;
}

}  // namespace signalbook
