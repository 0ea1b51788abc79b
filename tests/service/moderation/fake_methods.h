// A few methods of ModerationService that need no database, for tests of the fronts.
#ifndef SIGNALBOOK_TESTS_SERVICE_MODERATION_FAKE_METHODS_H_
#define SIGNALBOOK_TESTS_SERVICE_MODERATION_FAKE_METHODS_H_

#include <chrono>
#include <string>
#include <vector>

#include "service/auth.h"
#include "service/moderation/backend.h"
#include "service/moderation/methods.h"

namespace signalbook {

//   GetCaller        says who called
//   CreateProposal   gives the proposal that was asked for; fails when the reason is "fail"
//   ListEntries      waits for OpenGate
const std::vector<ModerationMethod>& FakeMethods();

// ListEntries answers from now on, until CloseGate.
void OpenGate();
void CloseGate();
// False when fewer than `count` calls have come to the gate since CloseGate within `patience`.
bool WaitAtGate(int count, std::chrono::milliseconds patience = std::chrono::seconds(10));

// "ada", an approver, has the token kToken; "bot", a moderator, the certificate name "bot.example".
inline constexpr char kToken[] = "sb_a-token-of-the-tests";
const Authenticator& FakeAuthenticator();

// No fake looks at its Moderation.
ModerationBackend FakeBackend();

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_MODERATION_FAKE_METHODS_H_
