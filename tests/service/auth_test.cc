// Who a caller is, by what they show, and what they may do. No error repeats what was shown.
#include "service/auth.h"

#include <google/protobuf/text_format.h>

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/status.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// hashlib.sha256(b"sb_test").hexdigest()
constexpr char kTestHash[] = "40ac2e4f485212b6bf369c9d24c98c84453ab279fbc2fb5b3fca92fb03d5731b";

v1::Moderation Config(const std::string& text) {
  v1::Moderation config;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &config)) << text;
  return config;
}

Authenticator TestAuthenticator() {
  v1::Moderation config = Config(R"pb(
    accounts { name: "ana" role: "approver" }
    accounts { name: "ben" role: "moderator" certificate_names: "ben.example" }
    accounts {
      name: "ci"
      role: "viewer"
      certificate_names: "ci.example"
      certificate_names: "spiffe://example/ci"
    })pb");
  config.mutable_accounts(0)->set_token_sha256(TokenHash("sb_ana"));
  config.mutable_accounts(1)->set_token_sha256(TokenHash("sb_ben"));
  return *Authenticator::Create(config);
}

TEST(TokenTest, IsHashedAsSha256) {
  EXPECT_EQ(TokenHash("sb_test"), kTestHash);
  EXPECT_NE(TokenHash("sb_test"), TokenHash("sb_tesT"));
}

TEST(TokenTest, ANewOneIsNew) {
  std::set<std::string> tokens;
  std::set<char> characters;
  for (int i = 0; i < 200; ++i) {
    const std::string token = NewToken();
    EXPECT_THAT(token, MatchesRegex("sb_[-_A-Za-z0-9]{43}"));
    EXPECT_TRUE(IsToken(token));
    tokens.insert(token);
    characters.insert(token.begin() + 3, token.end());
  }
  EXPECT_EQ(tokens.size(), 200u);
  EXPECT_EQ(characters.size(), 64u) << "each of 8600 characters is one of 64 by chance";
}

TEST(TokenTest, IsWhatAnyHeaderCarries) {
  const struct {
    const char* what;
    std::string text;
    bool is_token;
  } kRows[] = {
      {"one of ours", NewToken(), true},
      {"one of others", "a.b~c+d/e==", true},
      {"one character", "!", true},
      {"the most", std::string(kMaxTokenBytes, 'x'), true},
      {"more", std::string(kMaxTokenBytes + 1, 'x'), false},
      {"nothing", "", false},
      {"a space", "a b", false},
      {"a tab", "a\tb", false},
      {"a line feed", "a\n", false},
      {"DEL", "a\x7F", false},
      {"no ASCII", "é", false},
  };
  for (const auto& row : kRows) EXPECT_EQ(IsToken(row.text), row.is_token) << row.what;
}

TEST(AuthenticatorTest, KnowsWhoCalls) {
  const Authenticator authenticator = TestAuthenticator();
  const std::string longest = "Bearer " + std::string(kMaxTokenBytes, 'x');
  const struct {
    const char* what;
    std::string authorization;
    std::vector<std::string> certificate_names;
    const char* caller;  // else the reason
  } kRows[] = {
      {"the first account's token", "Bearer sb_ana", {}, "ana"},
      {"the second account's", "Bearer sb_ben", {}, "ben"},
      {"a scheme knows no case", "bEARER sb_ana", {}, "ana"},
      {"spaces before the token", "Bearer   sb_ana", {}, "ana"},
      {"a certificate", "", {"ben.example"}, "ben"},
      {"any of its names", "", {"other.example", "spiffe://example/ci"}, "ci"},
      {"the first name that belongs to somebody counts",
       "",
       {"x", "ci.example", "ben.example"},
       "ci"},
      {"a token counts, not the certificate", "Bearer sb_ana", {"ben.example"}, "ana"},

      {"nothing", "", {}, "CREDENTIALS_MISSING"},
      {"a wrong token", "Bearer sb_eve", {}, "CREDENTIALS_UNKNOWN"},
      {"a wrong token with a right certificate",
       "Bearer sb_eve",
       {"ben.example"},
       "CREDENTIALS_UNKNOWN"},
      {"half a token", "Bearer sb_an", {}, "CREDENTIALS_UNKNOWN"},
      {"more than the token", "Bearer sb_anaa", {}, "CREDENTIALS_UNKNOWN"},
      {"other case", "Bearer SB_ANA", {}, "CREDENTIALS_UNKNOWN"},
      {"the hash for the token", "Bearer " + TokenHash("sb_ana"), {}, "CREDENTIALS_UNKNOWN"},
      {"no scheme", "sb_ana", {}, "CREDENTIALS_UNKNOWN"},
      {"another scheme", "Basic sb_ana", {}, "CREDENTIALS_UNKNOWN"},
      {"nothing between scheme and token", "Bearersb_ana", {}, "CREDENTIALS_UNKNOWN"},
      {"no token", "Bearer", {}, "CREDENTIALS_UNKNOWN"},
      {"only spaces", "Bearer   ", {}, "CREDENTIALS_UNKNOWN"},
      {"a space for everything", " ", {}, "CREDENTIALS_UNKNOWN"},
      {"two tokens", "Bearer sb_ana sb_ben", {}, "CREDENTIALS_UNKNOWN"},
      {"a space behind it", "Bearer sb_ana ", {}, "CREDENTIALS_UNKNOWN"},
      {"two headers in one", "Bearer sb_ana, Bearer sb_ben", {}, "CREDENTIALS_UNKNOWN"},
      {"a line feed", "Bearer sb_ana\n", {}, "CREDENTIALS_UNKNOWN"},
      {"a NUL", std::string("Bearer sb_ana\0", 14), {}, "CREDENTIALS_UNKNOWN"},
      {"the longest token", longest, {}, "CREDENTIALS_UNKNOWN"},
      {"one that is too long", longest + "x", {}, "CREDENTIALS_UNKNOWN"},
      {"a certificate of nobody", "", {"eve.example", ""}, "CREDENTIALS_UNKNOWN"},
      {"part of a certificate's name", "", {"ben.exampl"}, "CREDENTIALS_UNKNOWN"},
      {"a name of an account is no certificate", "", {"ana"}, "CREDENTIALS_UNKNOWN"},
  };
  for (const auto& row : kRows) {
    const absl::StatusOr<v1::Caller> caller =
        authenticator.Authenticate({row.authorization, row.certificate_names});
    if (caller.ok()) {
      EXPECT_EQ(caller->name(), row.caller) << row.what;
      continue;
    }
    EXPECT_TRUE(absl::IsUnauthenticated(caller.status())) << row.what;
    EXPECT_EQ(ReasonOf(caller.status()), row.caller) << row.what;
    EXPECT_THAT(std::string(caller.status().message()), Not(HasSubstr("sb_"))) << row.what;
    EXPECT_THAT(std::string(caller.status().message()), Not(HasSubstr("eve"))) << row.what;
  }
  EXPECT_EQ(authenticator.Authenticate({"Bearer sb_ana", {}})->role(), v1::ROLE_APPROVER);
  EXPECT_EQ(authenticator.Authenticate({.api_key = "sb_ben"})->name(), "ben");
}

TEST(AuthenticatorTest, OtherAccountsTakeEffectAtOnce) {
  Authenticator authenticator = TestAuthenticator();
  v1::Moderation config;
  v1::Account* const ana = config.add_accounts();
  ana->set_name("ana");
  ana->set_role("viewer");
  ana->set_token_sha256(TokenHash("sb_ana2"));
  authenticator.Use(*Authenticator::Create(config));
  EXPECT_EQ(authenticator.Authenticate({"Bearer sb_ana2", {}})->role(), v1::ROLE_VIEWER);
  EXPECT_FALSE(authenticator.Authenticate({"Bearer sb_ana", {}}).ok());
  EXPECT_FALSE(authenticator.Authenticate({"Bearer sb_ben", {}}).ok());
}

TEST(AuthenticatorTest, ALongTokenIsOneUpToTheLimit) {
  v1::Moderation config = Config(R"pb(accounts { name: "ana" role: "viewer" })pb");
  const std::string longest(kMaxTokenBytes, 'x');
  config.mutable_accounts(0)->set_token_sha256(TokenHash(longest));
  EXPECT_TRUE(Authenticator::Create(config)->Authenticate({"Bearer " + longest, {}}).ok());
  config.mutable_accounts(0)->set_token_sha256(TokenHash(longest + "x"));
  EXPECT_FALSE(Authenticator::Create(config)->Authenticate({"Bearer " + longest + "x", {}}).ok());
}

TEST(AuthenticatorTest, WithoutAccountsNobodyIsKnown) {
  const Authenticator authenticator = *Authenticator::Create({});
  EXPECT_EQ(ReasonOf(authenticator.Authenticate({"Bearer sb_ana", {}}).status()),
            "CREDENTIALS_UNKNOWN");
  EXPECT_EQ(ReasonOf(authenticator.Authenticate({"", {""}}).status()), "CREDENTIALS_UNKNOWN");
}

TEST(AuthenticatorTest, TheHashMayBeInCapitals) {
  v1::Moderation config = Config(R"pb(accounts { name: "ana" role: "viewer" })pb");
  std::string hash = kTestHash;
  for (char& c : hash) c = static_cast<char>(toupper(c));
  config.mutable_accounts(0)->set_token_sha256(hash);
  EXPECT_TRUE(Authenticator::Create(config)->Authenticate({"Bearer sb_test", {}}).ok());
}

TEST(AuthenticatorTest, RefusesAccountsThatMakeNoSense) {
  const std::string hash = kTestHash;
  const std::string ana = R"(accounts { name: "ana" role: "viewer" token_sha256: ")" + hash +
                          R"(" certificate_names: "ana.example" })";
  const std::string ben = R"(accounts { name: "ben" role: "viewer" )";
  const struct {
    const char* what;
    std::string config;
    const char* message;
  } kRows[] = {
      {"no name", R"(accounts { role: "viewer" certificate_names: "x" })",
       "moderation.accounts[0].name"},
      {"no role", R"(accounts { name: "ana" certificate_names: "x" })",
       "moderation.accounts[0].role"},
      {"a role that there is not",
       R"(accounts { name: "ana" role: "Approver" certificate_names: "x" })",
       "moderation.accounts[0].role"},
      {"nothing to be known by", ana + ben + "}", "moderation.accounts[1]: "},
      {"the same name", ana + R"(accounts { name: "ana" role: "viewer" certificate_names: "x" })",
       "moderation.accounts[1].name: accounts[0]"},
      {"the same token", ana + ben + R"(token_sha256: ")" + hash + "\" }",
       "moderation.accounts[1].token_sha256: accounts[0]"},
      {"the same certificate", ana + ben + R"(certificate_names: "ana.example" })",
       "moderation.accounts[1].certificate_names"},
      {"a certificate twice in one account",
       ben + R"(certificate_names: "x" certificate_names: "x" })",
       "moderation.accounts[0].certificate_names"},
      {"an empty certificate name", ben + R"(certificate_names: "" })",
       "moderation.accounts[0].certificate_names"},
      {"a token for its hash", ben + R"(token_sha256: "sb_test" })",
       "moderation.accounts[0].token_sha256"},
      {"a hash with a digit less", ben + "token_sha256: \"" + hash.substr(1) + "\" }",
       "moderation.accounts[0].token_sha256"},
      {"a hash with a letter that is no digit", ben + "token_sha256: \"g" + hash.substr(1) + "\" }",
       "moderation.accounts[0].token_sha256"},
  };
  EXPECT_TRUE(Authenticator::Create(Config(ana)).ok());
  for (const auto& row : kRows) {
    const absl::Status status = Authenticator::Create(Config(row.config)).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << row.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << row.what;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("sb_test"))) << row.what;
  }
}

TEST(RequireRoleTest, EachRoleIncludesThoseBefore) {
  for (int has = v1::ROLE_UNSPECIFIED; has <= v1::ROLE_ADMINISTRATOR; ++has) {
    for (int needed = v1::ROLE_VIEWER; needed <= v1::ROLE_ADMINISTRATOR; ++needed) {
      v1::Caller caller;
      caller.set_name("ana");
      caller.set_role(static_cast<v1::Role>(has));
      EXPECT_EQ(RequireRole(caller, static_cast<v1::Role>(needed)).ok(), has >= needed)
          << has << " " << needed;
    }
  }
}

TEST(RequireRoleTest, SaysWhichOneItTakes) {
  v1::Caller caller;
  caller.set_name("ana");
  caller.set_role(v1::ROLE_MODERATOR);
  const absl::Status status = RequireRole(caller, v1::ROLE_APPROVER);
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_EQ(ReasonOf(status), "ROLE_TOO_LOW");
  EXPECT_THAT(std::string(status.message()), HasSubstr("approver"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("ana has the role moderator"));
}

}  // namespace
}  // namespace signalbook
