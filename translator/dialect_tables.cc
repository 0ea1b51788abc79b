#include "translator/dialect_tables.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "translator/dialect.h"

namespace signalbook {

absl::Status ReadDialectTables(TableReader& in, BookTables* out) {
  for (const std::string& file : in.TablesIn("dialects")) {
    const std::string name = std::filesystem::path(file).stem();
    const std::optional<Dialect> dialect = DialectNamed(name);
    if (!dialect) {
      in.Report(file, 0, "unknown-dialect", absl::StrCat("no dialect is called ", name));
      continue;
    }
    absl::StatusOr<Tsv> tsv = in.ReadTable(file, 3);
    if (!tsv.ok()) return tsv.status();
    for (size_t i = 0; i < tsv->rows.size(); ++i) {
      const std::vector<std::string>& row = tsv->rows[i];
      in.CheckCell(file, tsv->lines[i], row[0]);
      const std::optional<KeyId> key = in.KeyOfRow(file, tsv->lines[i], row[1]);
      if (i > 0 && row[0] == tsv->rows[i - 1][0]) {
        in.Report(file, tsv->lines[i], "duplicate-key", absl::StrCat(row[0], " stands twice"));
      }
      if (key) out->codes.push_back({*dialect, row[0], *key});
    }
  }
  std::sort(out->codes.begin(), out->codes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.dialect, a.text) < std::tie(b.dialect, b.text);
  });
  return absl::OkStatus();
}

}  // namespace signalbook
