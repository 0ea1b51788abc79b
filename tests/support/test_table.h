// The emoji table of data/emoji/, built once a process.
#ifndef SIGNALBOOK_TESTS_SUPPORT_TEST_TABLE_H_
#define SIGNALBOOK_TESTS_SUPPORT_TEST_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/emoji.h"
#include "translator/emoji_data.h"
#include "translator/segment.h"

namespace signalbook {

absl::StatusOr<EmojiSource> ReadEmojiSource();  // the tables below SIGNALBOOK_SOURCE_DIR

// Ends the program when the data cannot be read: no test can go on without it.
const EmojiTable& TestTable();
// What data/protected.tsv says, row for row.
const std::vector<ProtectedRule>& TestProtectedRules();
const Protector& TestProtector();

// What the table's ids stand for: TestEntries()[id].
const std::vector<EmojiTable::Entry>& TestEntries();

// "1F468 200D 1F469" or "1F468-200D-1F469" → UTF-8.
std::string FromHex(const std::string& code_points);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_TEST_TABLE_H_
