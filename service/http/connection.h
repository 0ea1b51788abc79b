// One HTTP connection, plain or TLS, as httplib's parser wants it. httplib's own waits for every byte anew, so a
// client that sends one now and then holds a thread for ever, and a server stops only when its clients let it.
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_HTTP_CONNECTION_H_
#define SIGNALBOOK_SERVICE_HTTP_CONNECTION_H_

#include <httplib.h>
#include <openssl/types.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "service/http/timeouts.h"

namespace signalbook {

class Connection final : public httplib::Stream {
 public:
  // Owns `socket`. `stop_event` can be read once the server stops. `context`: null without TLS.
  Connection(int socket, int stop_event, std::shared_ptr<SSL_CTX> context,
             const ConnectionTimeouts& timeouts);
  // Closes it.
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // TLS; without it, nothing. False: the client cannot be talked to.
  bool Handshake();
  // Waits for the first byte of a request. False: there will be none. Of what follows, 64 KiB can be read, until
  // EndOfHead: httplib has no limit for headers. From then on, the bytes of the body and no more.
  bool WaitForRequest();
  void EndOfHead(size_t body_bytes);
  bool BodyIsRead() const { return readable_ == 0; }
  // Ends the answer and throws away what the client still sends, for a second at most: closed over unread
  // bytes, a connection loses the answer that is on its way.
  void Refuse();

  const SSL* ssl() const { return ssl_.get(); }

  bool is_readable() const override;
  bool is_writable() const override;
  // The next bytes; 0 at the end, -1 when it takes too long.
  ssize_t read(char* data, size_t size) override;
  // All bytes, or -1.
  ssize_t write(const char* data, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const;
  };

  // Until the socket is ready; false at `deadline` or when the server stops. `finishing`: a stop leaves a
  // moment to send the rest.
  bool Wait(int events, absl::Time deadline, bool finishing);
  // -1 with `*events` set: try again after that.
  ssize_t ReadSome(char* data, size_t size, int* events);
  ssize_t WriteSome(const char* data, size_t size, int* events);
  int EventsOf(int result) const;  // of an SSL function; 0: it failed for good

  const int socket_;
  const int stop_event_;
  const ConnectionTimeouts timeouts_;
  const std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::string buffer_;  // received, not read yet: buffer_[position_, …)
  size_t position_ = 0;
  size_t readable_ = 0;  // bytes of the request that may still be handed out
  bool failed_ = false;
  absl::Time request_deadline_ = absl::InfinitePast();
  absl::Time answer_deadline_ = absl::InfiniteFuture();  // until the first byte of an answer
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_CONNECTION_H_
