// Which addresses only this machine can reach.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_LOOPBACK_H_
#define SIGNALBOOK_SERVICE_LOOPBACK_H_

#include <string>
#include <string_view>

namespace signalbook {

// Whether only this machine can reach a listening address: 127.0.0.0/8, ::1, localhost, a unix
// socket.
bool IsLoopback(const std::string& address);

// "unix:PATH" or "unix-abstract:NAME".
bool IsUnix(std::string_view address);
// "127.0.0.1:0" → "127.0.0.1". "[::1]:0" → "[::1]".
std::string_view HostOf(std::string_view address);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_LOOPBACK_H_
