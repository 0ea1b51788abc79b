// A folder with rows of every moderated table, and changes to them as a server tells of them.
#ifndef SIGNALBOOK_TESTS_SERVICE_CLI_DATA_TABLES_SUPPORT_H_
#define SIGNALBOOK_TESTS_SERVICE_CLI_DATA_TABLES_SUPPORT_H_

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "service/moderation/entry_id.h"
#include "signalbook/v1/moderation.pb.h"
#include "tests/support/small_data.h"

namespace signalbook {

inline v1::Row RowOf(const std::string& text) {
  v1::Row row;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &row)) << text;
  return row;
}

inline v1::RowChange Change(const std::string& entry, const std::string& row) {
  v1::RowChange change;
  change.set_entry("entries/" + entry);
  *change.mutable_after() = RowOf(row);
  change.set_revision(7);
  change.set_author("mia");
  change.set_reason("because\nof that");
  return change;
}

struct ModeratedData : SmallData {
  ModeratedData() {
    Write("concepts.tsv",
          "blocked\tblocked\t\tNever.\n"
          "death\tconcept\t\tBeing dead.\n");
    Write("curated/es.tsv",
          "# Names.\n"
          "1F1E8-1F1E6\tCanadá\t\tregion name\tCLDR 48\n"
          "1F44D\tpulgar arriba\tpulgar | bien\t\tin chats\n"
          "1F600\t!blocked\t\t\t\n");
    Write("markets/CN.tsv", "es\t1F1FA-1F1F8\tEE. UU.\tUsa\tusage\tISO 3166\n");
    Write("phrases/en/es.tsv",
          "asap\tlo antes posible\t\n"
          "lol\tjajaja\tlaughter\n");
    Write("phrases/marks.tsv",
          "es\t,\t,\n"
          "zh\t?\t？\n");
    Write("guards/es.tsv",
          "# Guards.\n"
          "blocked\tb\\.r\tb.r\t\n"
          "death\tcad[áa]ver\tun cadáver | cadaver\tcada ver\n"
          "death\tmuert[oa]s?\tmuerto\tmuestra\n");
  }
};
// The entry of its first guard of death.
inline const std::string kCorpse = "guards:es:death:" + PatternId("cad[áa]ver");

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_CLI_DATA_TABLES_SUPPORT_H_
