#include "translator/models/timeout.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

TEST(TimeoutModelTest, TheSoonerDeadlineHolds) {
  const absl::Time now = absl::UnixEpoch();
  const struct {
    std::string what;
    absl::Time deadline, asked;
  } kRows[] = {
      {"more time than the share", now + absl::Seconds(9), now + absl::Seconds(2)},
      {"less time", now + absl::Seconds(1), now + absl::Seconds(1)},
      {"no deadline", absl::InfiniteFuture(), now + absl::Seconds(2)},
      {"too late", absl::InfinitePast(), absl::InfinitePast()},
  };
  for (const auto& row : kRows) {
    const auto inner = std::make_shared<RecordingModel>(std::make_shared<IdentityModel>());
    TimeoutModel model(inner, absl::Seconds(2), [now] { return now; });
    const auto answers = model.Translate({"en", "es", {"a", "b"}, row.deadline});
    ASSERT_EQ(answers.size(), 2u) << row.what;
    EXPECT_EQ(answers[1]->text, "b") << row.what;
    const ModelRequest asked = inner->requests().at(0);
    EXPECT_EQ(asked.deadline, row.asked) << row.what;
    EXPECT_EQ(asked.source_locale, "en") << row.what;
    EXPECT_EQ(asked.target_locale, "es") << row.what;
  }
}

}  // namespace
}  // namespace signalbook
