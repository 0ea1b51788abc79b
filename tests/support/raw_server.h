// A TCP server that reads a request of HTTP and then does what a test wants: half an answer, a byte
// a second, nothing at all.
#ifndef SIGNALBOOK_TESTS_SUPPORT_RAW_SERVER_H_
#define SIGNALBOOK_TESTS_SUPPORT_RAW_SERVER_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace signalbook {

class RawServer {
 public:
  // The other end of one connection.
  class Peer {
   public:
    Peer(int fd, const std::atomic<bool>& stopped) : fd_(fd), stopped_(stopped) {}
    // False when nobody reads any more.
    bool Send(std::string_view bytes) const;
    // One byte, and the pause behind it, over and over: the last byte again when there is no more.
    // Returns when nobody reads any more.
    void Drip(std::string_view bytes, int pause_milliseconds) const;
    // Until the client goes away.
    void Wait() const;

   private:
    const int fd_;
    const std::atomic<bool>& stopped_;
  };
  // `request`: its first line, "GET /languages HTTP/1.1". The connection is closed when it returns.
  using Script = std::function<void(const Peer& peer, const std::string& request)>;

  explicit RawServer(Script script);
  ~RawServer();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void Accept();
  void Serve(int fd);

  const Script script_;
  std::atomic<bool> stopped_ = false;
  int listener_ = -1;
  int port_ = 0;
  std::vector<std::thread> peers_;  // of the accepting thread
  std::thread thread_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_RAW_SERVER_H_
