// A network between two programs, that can fail.
//
// Thread rule: all methods are safe from many threads.
#ifndef SIGNALBOOK_TESTS_END_TO_END_REPLICAS_TCP_LINK_H_
#define SIGNALBOOK_TESTS_END_TO_END_REPLICAS_TCP_LINK_H_

#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace signalbook {

class TcpLink {
 public:
  enum class State {
    kOpen,    // passes on what comes, both ways
    kSilent,  // takes connections, and passes on nothing: a cable that was pulled
    kClosed,  // resets connections, refuses new ones: a firewall's rule, a machine that restarts
  };

  // Listens on `address`, "127.0.0.1:5432", and connects to `target`: another such address, or the path of a unix
  // socket. Ends the test run if it cannot.
  TcpLink(std::string address, std::string target);
  ~TcpLink();
  TcpLink(const TcpLink&) = delete;
  TcpLink& operator=(const TcpLink&) = delete;

  // Returns when it is so. What came while it was silent is passed on once it is open.
  void Set(State state);

 private:
  // One way: what was read from one end, and is not written to the other yet.
  struct Way {
    std::string bytes;
    bool read_end = false;  // nothing more comes
    bool told_end = false;  // and the other end knows
  };
  struct Pair {
    int client = -1;
    int server = -1;
    Way there;
    Way back;
    bool broken = false;
  };

  void Run();
  void Apply(State state);
  void Accept();
  static void Move(int from, int to, short from_events, short to_events, Way* way, bool* broken);
  static void Reset(Pair* pair);

  const std::string address_;
  const std::string target_;
  int wake_[2] = {-1, -1};  // a pipe
  std::mutex mutex_;        // one Set at a time
  // Of the thread.
  State state_ = State::kOpen;
  int listener_ = -1;
  std::list<Pair> pairs_;
  std::thread thread_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_END_TO_END_REPLICAS_TCP_LINK_H_
