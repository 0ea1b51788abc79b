// Three replicas, a database and a balancer under load, and one fault after the other: a replica is killed, hangs,
// drains, loses its database, loses its balancer, and all are upgraded in turn. No call is lost that is made as
// deploy/clients says; every answer is right, byte for byte; no replica serves what was withdrawn for longer than it
// may; all is as before when the fault is over. What each fault looks like from outside is printed:
// deploy/haproxy/README.md quotes it.
//
//   replicas_test                once, as ctest runs it
//   replicas_test --repeat 20
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/end_to_end/replicas/fleet.h"
#include "tests/end_to_end/replicas/steady_load.h"
#include "tests/support/small_data.h"

namespace signalbook {
namespace {

using ::testing::IsEmpty;

constexpr absl::Duration kMaxStaleness = absl::Seconds(5);
constexpr absl::Duration kDrainDelay = absl::Seconds(2);
// moderation.h: a replica that has its database is told of changes, and looks by itself every second. The machine may
// have other things to do.
constexpr absl::Duration kConvergence = absl::Seconds(20);
constexpr char kThumb[] = "names:es:1F44D";
constexpr char kCanada[] = "names:es:1F1E8-1F1E6";

class Ordeal {
 public:
  Ordeal()
      : fleet_({.max_staleness = kMaxStaleness, .drain_delay = kDrainDelay}),
        load_(fleet_.front(), kMaxStaleness) {
    load_.Learn(fleet_.office().address());
    attempts_ = fleet_.Attempts();
    load_.Start();
  }

  void Run() {
    Spread("calm");
    Kill(1);
    Hang(2);
    Drain(3);
    CutOffFromStore(1, TcpLink::State::kSilent);
    CutOffFromStore(2, TcpLink::State::kClosed);
    CutOffFromBalancer(TcpLink::State::kClosed);
    CutOffFromBalancer(TcpLink::State::kSilent);
    Upgrade();
    Spread("in the end");
    OtherCalls();
    load_.Stop();
    load_.Judge();
    EXPECT_THAT(load_.Wrong(), IsEmpty());
    for (int replica = 1; replica <= kReplicas; ++replica) {
      fleet_.replica(replica).Signal(SIGTERM);
    }
    for (int replica = 1; replica <= kReplicas; ++replica) {
      EXPECT_EQ(fleet_.Wait(replica), 0) << fleet_.replica(replica).errors();
    }
  }

 private:
  static void Say(const std::string& what) { std::cout << "  " << what << std::endl; }
  static std::string In(absl::Duration time) {
    return absl::FormatDuration(absl::Trunc(time, absl::Milliseconds(1)));
  }

  void Begin(const std::string& fault) {
    std::cout << fault << ", after " << In(absl::Now() - start_) << std::endl;
    load_.TakeCounts();
    attempts_ = fleet_.Attempts();
    calls_ = load_.calls();
  }

  // What the clients saw.
  SteadyLoad::Counts End() {
    const int64_t attempts = fleet_.Attempts() - attempts_;
    const int64_t calls = load_.calls() - calls_;
    const SteadyLoad::Counts counts = load_.TakeCounts();
    Say(absl::StrCat(counts.answered, " calls answered, after ",
                     std::max<int64_t>(0, attempts - calls), " tries again, the slowest in ",
                     In(counts.slowest)));
    std::string broken;
    for (const auto& [code, count] : counts.streams_broken) {
      absl::StrAppend(&broken, ", ", count, " opened again after code ", code);
    }
    Say(absl::StrCat("without tries: ", counts.bare_answered, " answered, ",
                     counts.bare_unavailable, " UNAVAILABLE; on streams: ", counts.streamed,
                     " answered", broken));
    EXPECT_GT(counts.answered, 0);
    EXPECT_THAT(load_.Wrong(), IsEmpty());
    return counts;
  }

  absl::Duration UntilState(int replica, const std::string& state) {
    return Until(absl::StrCat("haproxy says that replica ", replica, " is ", state),
                 [&] { return fleet_.State(replica) == state; });
  }

  // Calls go to all, about as many to each.
  void Spread(const std::string& when) {
    constexpr int64_t kCalls = 400;
    int64_t before[kReplicas + 1] = {}, calls[kReplicas + 1] = {}, all = 0;
    for (int i = 1; i <= kReplicas; ++i) before[i] = fleet_.CallsOf(i);
    Until("calls are made", [&] {
      all = 0;
      for (int i = 1; i <= kReplicas; ++i) all += calls[i] = fleet_.CallsOf(i) - before[i];
      return all >= kCalls;
    });
    Say(absl::StrCat("spread ", when, ": ", calls[1], " ", calls[2], " ", calls[3]));
    for (int i = 1; i <= kReplicas; ++i) EXPECT_GT(calls[i], all / 5) << "replica " << i;
  }

  // Somebody decides something; all servers but `without` answer with it.
  void Change(const std::string& text, int without = 0) {
    const v1::Proposal proposal = fleet_.office().Change(kThumb, text);
    Decided(proposal.revision(), without);
    EXPECT_EQ(fleet_.office().Says("👍"), text);
  }
  void Block(const std::string& entry, int without = 0) {
    const auto proposal = fleet_.office().Get<v1::Proposal>(
        "ana", {"entries", "block", entry, "--reason", "an insult, somewhere"});
    Decided(proposal.revision(), without);
  }
  void Decided(int64_t revision, int without) {
    load_.Decided(revision);
    load_.Learn(fleet_.office().address());
    const absl::Time start = absl::Now();
    for (int i = 1; i <= kReplicas; ++i) {
      if (i != without) Converges(i);
    }
    Say(absl::StrCat("revision ", revision, " on all", without == 0 ? "" : " others", " after ",
                     In(absl::Now() - start)));
  }
  // It answers as the office does.
  void Converges(int replica) {
    const std::string right = SteadyLoad::Answering(fleet_.office().address());
    const absl::Duration took =
        Until(absl::StrCat("replica ", replica, " answers with ", right),
              [&] { return SteadyLoad::Answering(fleet_.address(replica)) == right; });
    EXPECT_LT(took, kConvergence) << "replica " << replica;
  }

  void Kill(int replica) {
    Begin("killed");
    fleet_.replica(replica).Signal(SIGKILL);
    EXPECT_EQ(fleet_.Wait(replica), 128 + SIGKILL);
    Say(absl::StrCat("out after ", In(UntilState(replica, "DOWN"))));
    Change("pulgar al aire", replica);
    fleet_.Start(replica);
    Say(absl::StrCat("in again after ", In(UntilState(replica, "UP"))));
    Converges(replica);
    End();
    Spread("afterwards");
  }

  void Hang(int replica) {
    Begin("hangs");
    fleet_.replica(replica).Signal(SIGSTOP);
    Say(absl::StrCat("out after ", In(UntilState(replica, "DOWN"))));
    Block(kCanada, replica);
    fleet_.replica(replica).Signal(SIGCONT);
    Say(absl::StrCat("in again after ", In(UntilState(replica, "UP"))));
    Converges(replica);
    End();
    Spread("afterwards");
  }

  // Nobody notices, if haproxy looks in time.
  void Drains(int replica) {
    const absl::Time start = absl::Now();
    fleet_.replica(replica).Signal(SIGTERM);
    const absl::Duration noticed =
        Until("no new calls for who drains", [&] { return !fleet_.TakesCalls(replica); });
    EXPECT_EQ(fleet_.Wait(replica), 0) << fleet_.replica(replica).errors();
    Say(absl::StrCat("no new calls after ", In(noticed), ", ended after ",
                     In(absl::Now() - start)));
    in_time_ &= noticed < kDrainDelay / 2;
  }

  void Drain(int replica) {
    Begin("drains");
    in_time_ = true;
    Drains(replica);
    UntilState(replica, "DOWN");
    Change("pulgar bien alto", replica);
    fleet_.Start(replica);
    Say(absl::StrCat("in again after ", In(UntilState(replica, "UP"))));
    Converges(replica);
    const SteadyLoad::Counts counts = End();
    if (in_time_) {
      EXPECT_EQ(counts.bare_unavailable, 0);
    }
  }

  void CutOffFromStore(int replica, TcpLink::State how) {
    Begin(how == TcpLink::State::kSilent ? "does not hear from its database" : "has no database");
    const auto stub = v1::TranslationService::NewStub(
        grpc::CreateChannel(fleet_.address(replica), grpc::InsecureChannelCredentials()));
    fleet_.store_link(replica).Set(how);
    const absl::Time start = absl::Now();
    Change(how == TcpLink::State::kSilent ? "pulgar feliz" : "pulgar contento", replica);
    Until("no new calls for who is cut off", [&] { return !fleet_.TakesCalls(replica); });
    Say(absl::StrCat("no new calls after ", In(absl::Now() - start)));
    // Until then it answers with what it has, and each answer is judged.
    Until("who is cut off says that it cannot answer",
          [&] { return !load_.AskDirectly(stub.get()); });
    Say(absl::StrCat("refuses after ", In(absl::Now() - start)));
    EXPECT_EQ(SteadyLoad::Answering(fleet_.address(replica)), "");
    fleet_.store_link(replica).Set(TcpLink::State::kOpen);
    const absl::Time open = absl::Now();
    Converges(replica);
    Say(absl::StrCat("answers again after ", In(absl::Now() - open)));
    UntilState(replica, "UP");
    Say(absl::StrCat("in again after ", In(absl::Now() - open)));
    End();
  }

  void CutOffFromBalancer(TcpLink::State how) {
    Begin(how == TcpLink::State::kSilent ? "the balancer does not hear from it"
                                         : "the balancer cannot reach it");
    fleet_.SetFrontLinks(how);
    Say(absl::StrCat("out after ", In(UntilState(3, "DOWN"))));
    fleet_.SetFrontLinks(TcpLink::State::kOpen);
    Say(absl::StrCat("in again after ", In(UntilState(3, "UP"))));
    End();
    Spread("afterwards");
  }

  // To another book, one replica after the other, under load.
  void Upgrade() {
    Begin("upgraded, one after the other");
    const std::string book = absl::StrCat(fleet_.office().folder().path(), "/other.book");
    const Result built = Signalbook({"book", "build", "--data", data_.dir(), "--output", book});
    ASSERT_EQ(built.exit_code, 0) << built.errors;
    const std::string old = SteadyLoad::Answering(fleet_.office().address());
    fleet_.office().WriteConfig(absl::StrCat("book: \"", book, "\"\n", fleet_.office().config()));
    fleet_.office().process().Signal(SIGHUP);
    Until("the office has the other book",
          [&] { return SteadyLoad::Answering(fleet_.office().address()) != old; });
    load_.Learn(fleet_.office().address());
    fleet_.UseBook(book);
    in_time_ = true;
    for (int replica = 1; replica <= kReplicas; ++replica) {
      Drains(replica);
      fleet_.Start(replica);
      UntilState(replica, "UP");
      Converges(replica);
    }
    const SteadyLoad::Counts counts = End();
    if (in_time_) {
      EXPECT_EQ(counts.bare_unavailable, 0);
    }
  }

  // Moderators come through the balancer too; whoever looks after a replica does not.
  void OtherCalls() {
    const auto ask = [this](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin() + 2, {"--server", fleet_.front(), "--token-file",
                                               fleet_.office().TokenFile("adm")});
      return Signalbook(arguments);
    };
    const Result revisions = ask({"revisions", "list"});
    EXPECT_EQ(revisions.exit_code, 0) << revisions.errors;
    const Result decided = ask({"entries", "block", kThumb, "--reason", "an insult, somewhere"});
    EXPECT_EQ(decided.exit_code, 0) << decided.errors;
    EXPECT_NE(ask({"server", "status"}).exit_code, 0);
    Until("the office knows", [this] { return fleet_.office().Says("👍") == "👍"; });
    load_.Learn(fleet_.office().address());
  }

  const absl::Time start_ = absl::Now();
  const SmallData data_;
  Fleet fleet_;
  SteadyLoad load_;
  int64_t attempts_ = 0;
  int64_t calls_ = 0;
  bool in_time_ = true;
};

TEST(ReplicasTest, NoCallIsLostAndNoAnswerIsWrong) { Ordeal().Run(); }

int Main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  int times = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--repeat" && i + 1 < argc && std::atoi(argv[i + 1]) > 0) {
      times = std::atoi(argv[++i]);
    } else {
      std::cerr << "usage: replicas_test [--repeat TIMES]\n";
      return 2;
    }
  }
  for (int i = 0; i < times; ++i) {
    if (const int failed = RUN_ALL_TESTS(); failed != 0) return failed;
  }
  return 0;
}

}  // namespace
}  // namespace signalbook

int main(int argc, char** argv) { return signalbook::Main(argc, argv); }
