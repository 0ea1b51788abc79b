#include "translator/phrase_tables.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "translator/book_lint.h"

namespace signalbook {
namespace {

class PhraseReader {
 public:
  PhraseReader(TableReader& in, BookTables& out) : in_(in), out_(out) {}
  absl::Status ReadPhrases();

 private:
  absl::Status ReadPair(const TableReader::PairTable& pair);
  absl::Status ReadMarks();

  TableReader& in_;
  BookTables& out_;
};

absl::Status PhraseReader::ReadPhrases() {
  for (const TableReader::PairTable& pair : in_.PairTablesIn("phrases")) {
    if (absl::Status status = ReadPair(pair); !status.ok()) return status;
  }
  if (absl::Status status = ReadMarks(); !status.ok()) return status;
  std::sort(out_.phrases.begin(), out_.phrases.end(), [](const auto& a, const auto& b) {
    return std::tie(a.from, a.to, a.key) < std::tie(b.from, b.to, b.key);
  });
  return absl::OkStatus();
}

absl::Status PhraseReader::ReadPair(const TableReader::PairTable& pair) {
  const std::string& file = pair.file;
  absl::StatusOr<Tsv> tsv = in_.ReadTable(file, 3);
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    in_.CheckCell(file, line, row[0]);
    in_.CheckCell(file, line, row[1]);
    if (const std::optional<Objection> objection = CheckPhrase(row[0])) {
      in_.Report(file, line, objection->rule, absl::StrCat("'", row[0], "' ", objection->message));
    }
    if (i > 0 && row[0] == tsv->rows[i - 1][0]) {
      in_.Report(file, line, "duplicate-key", absl::StrCat("'", row[0], "' stands twice"));
    }
    out_.phrases.push_back({pair.from, pair.to, row[0], row[1]});
  }
  return absl::OkStatus();
}

absl::Status PhraseReader::ReadMarks() {
  const std::string file = "phrases/marks.tsv";
  absl::StatusOr<Tsv> tsv = in_.ReadTable(file, 3);
  if (absl::IsNotFound(tsv.status())) return absl::OkStatus();
  if (!tsv.ok()) return tsv.status();
  for (size_t i = 0; i < tsv->rows.size(); ++i) {
    const std::vector<std::string>& row = tsv->rows[i];
    const int line = tsv->lines[i];
    const std::optional<LocaleId> locale = in_.LocaleOfRow(file, line, row[0]);
    in_.CheckCell(file, line, row[1]);
    if (!row[2].empty()) in_.CheckCell(file, line, row[2]);
    if (i > 0 && row[0] == tsv->rows[i - 1][0] && row[1] == tsv->rows[i - 1][1]) {
      in_.Report(file, line, "duplicate-key", absl::StrCat(row[0], " ", row[1], " stands twice"));
    }
    if (locale) out_.phrases.push_back({kRootLocale, *locale, row[1], row[2]});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadPhraseTables(TableReader& in, BookTables* out) {
  return PhraseReader(in, *out).ReadPhrases();
}

}  // namespace signalbook
