// Moderation over a database of its own, and five people who use it.
#ifndef SIGNALBOOK_TESTS_SERVICE_MODERATION_MODERATION_FIXTURE_H_
#define SIGNALBOOK_TESTS_SERVICE_MODERATION_MODERATION_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "service/live_translator.h"
#include "service/moderation/moderation.h"
#include "signalbook/v1/moderation.pb.h"
#include "tests/service/cli/temp_folder.h"
#include "tests/support/postgres_cluster.h"

namespace signalbook {

inline constexpr std::string_view kThumbsUpEs = "entries/names:es:1F44D";
inline constexpr std::string_view kCanadaEs = "entries/names:es:1F1E8-1F1E6";
inline constexpr std::string_view kCanadaEn = "entries/names:en:1F1E8-1F1E6";

// Mia proposes, Ana and Ben approve, Adm administers, Vic only looks.
v1::Caller Vic();
v1::Caller Mia();
v1::Caller Ana();
v1::Caller Ben();
v1::Caller Adm();

// One server: what it translates with and its moderation.
struct TestServer {
  explicit TestServer(const std::string& url, Moderation::Options options = {});

  // What `text` is called in `locale` now, with names: "Me gusta 👍" → "Me gusta pulgar arriba".
  std::string Says(std::string_view text, std::string_view locale, std::string_view market = "");

  LiveTranslator live;
  std::unique_ptr<Moderation> moderation;
};

class ModerationTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite();
  // A new, empty database: SQLite, or, if `postgres`, one of a cluster that the tests of a suite share.
  std::string NewDatabase(bool postgres = false);
  static PostgresCluster& Cluster();

  // Starts `server_` on a new database.
  void Start(bool postgres = false);

  // Each fails the test if the call fails.
  v1::Proposal Propose(const v1::Caller& caller, std::string_view entry, std::string_view text);
  v1::Proposal Approve(const v1::Caller& caller, const v1::Proposal& proposal);

  // The reason of a call that fails, "" of one that does not.
  std::string WhyNotPropose(const v1::Caller& caller, std::string_view entry,
                            std::string_view text);
  std::string WhyNotApprove(const v1::Caller& caller, const v1::Proposal& proposal);

  v1::VerifyAuditLogResponse Verify();

  TempFolder folder_;
  std::string url_;
  std::unique_ptr<TestServer> server_;

 private:
  int databases_ = 0;
  static std::unique_ptr<PostgresCluster> cluster_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_MODERATION_MODERATION_FIXTURE_H_
