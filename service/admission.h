// Who may ask for translations, and how much: from what a caller shows to a grant, or to the error that says when to
// come back. Every entry point asks here; nothing here knows which one.
//
// A caller is a client of the configuration, known by its credentials, or an address that nobody shows credentials
// from. The limits of config.proto hold for each: requests and characters by rate (rate_limit.h), calls by number.
//
// All of it can be changed while it works. A client is known by its name: it keeps its calls under way, and of its rates
// the share that it has used up.
//
// Thread rule: all methods are safe from many threads. Clients are served without a lock; anonymous callers share
// one for as long as it takes to find their address.
#ifndef SIGNALBOOK_SERVICE_ADMISSION_H_
#define SIGNALBOOK_SERVICE_ADMISSION_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/auth.h"
#include "service/metrics.h"
#include "service/rate_limit.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

// The addresses that are remembered at once; the one that was quiet for longest is forgotten, and starts afresh.
inline constexpr size_t kMaxTrackedAddresses = 65'536;

class Admission {
 public:
  // Time since any moment; never goes back.
  using Clock = std::function<absl::Duration()>;
  static absl::Duration SteadyClock();

  class Grant;

  // Precondition: `access` is complete (config.h); nullopt: nobody is asked who they are. InvalidArgument names the
  // client that makes no sense (auth.h).
  static absl::StatusOr<std::unique_ptr<Admission>> Create(const std::optional<v1::Access>& access,
                                                           Clock clock = SteadyClock);

  // The same for what lives already: calling what it returns puts `access` into effect, and cannot fail. One change
  // at a time.
  absl::StatusOr<std::function<void()>> PrepareChange(const std::optional<v1::Access>& access);

  // Whether callers are asked who they are. If not, Admit grants everything.
  bool asks() const { return asks_.load(std::memory_order_relaxed); }
  // Whether who shows nothing is sent away.
  bool needs_credentials() const;

  // Lets in a call, and counts it as under way and as a request. No grant outlives this. `address` is where the call
  // comes from: "192.0.2.1", "2001:db8::1", "[2001:db8::1]:443"; whatever else it is, such as the name of a unix
  // socket, is one address. `client` (null: nobody wants to know) is set to Grant::client(), also for one that is over
  // its limits.
  //   Unauthenticated     CREDENTIALS_MISSING, CREDENTIALS_UNKNOWN (auth.h)
  //   ResourceExhausted   TOO_MANY_CALLS, RATE_LIMITED; with RetryInfo
  absl::StatusOr<Grant> Admit(const Credentials& credentials, std::string_view address,
                              std::string* client = nullptr);

  // signalbook_client_calls_total{client} and what else config.proto's limits lead to. `metrics` may be read for as
  // long as this lives.
  void AddMetrics(Metrics* metrics) const;

  size_t tracked_addresses();

 private:
  enum Limit { kRateLimited, kQuotaExhausted, kLargerThanQuota, kTooManyCalls };
  static constexpr size_t kLimits = 4;
  using Count = std::atomic<uint64_t>;

  struct Limits {
    std::optional<RateLimit> requests;
    std::optional<RateLimit> characters;
    double requests_per_second = 0;  // for errors
    int characters_per_minute = 0;
    int max_concurrent = 0;  // 0: any number
  };
  // What a client may ask for and has asked for; all anonymous callers together are one.
  struct Plan {
    std::string name;
    std::atomic<std::shared_ptr<const Limits>> limits;  // null: it may ask for nothing any more
    Count let_in = 0;
    Count code_points = 0;
    std::array<Count, kLimits> refused = {};
  };
  // One caller.
  struct Account {
    std::shared_ptr<Plan> plan;
    uint64_t id = 0;
    RateLimit::State requests = 0;
    RateLimit::State characters = 0;
    std::atomic<int> under_way = 0;
  };
  // 0 and the bits of an IPv4 address, 1 and the first 64 of an IPv6 address; 2 and 0 for all others.
  using Address = std::pair<int, uint64_t>;
  using Tracked = std::list<std::pair<Address, std::shared_ptr<Account>>>;

  // What a configuration says.
  struct Rules {
    bool allow_anonymous = false;
    CredentialTable table{"access.clients"};
    std::vector<std::shared_ptr<Account>> accounts;  // by the places of the table
  };

  explicit Admission(Clock clock);
  static Address Parse(std::string_view address);
  static std::shared_ptr<const Limits> LimitsOf(const v1::CallerLimits& limits);
  std::shared_ptr<Account> NewAccount(std::shared_ptr<Plan> plan);
  std::shared_ptr<Account> AccountAt(const Address& address);
  // Both rates of a caller whose limits are about to be `next`.
  void TakeOver(Account* account, const Limits& next) const;

  const Clock clock_;
  std::atomic<bool> asks_ = false;
  std::atomic<std::shared_ptr<const Rules>> rules_;  // null: nobody is asked
  const std::shared_ptr<Plan> anonymous_;
  Count missing_ = 0;
  Count unknown_ = 0;
  std::atomic<uint64_t> next_id_ = 1;
  std::mutex mutex_;
  Tracked tracked_;  // guarded by mutex_; the last that called is the first
  absl::flat_hash_map<Address, Tracked::iterator> by_address_;  // guarded by mutex_
};

// A call that was let in. Gives back its place among the calls under way when it is destroyed. Thread rule: charging
// is safe from many threads; Release and moving are not.
class Admission::Grant {
 public:
  // Of a server that asks nobody who they are: everything is granted.
  Grant() = default;
  Grant(Grant&& other) noexcept;
  Grant& operator=(Grant&& other) noexcept;
  ~Grant() { Release(); }

  // Whether anything counts. Where nothing does, charging need not be asked for.
  bool counts() const { return account_ != nullptr; }
  // One more request on the same call: a message on a stream. ResourceExhausted, RATE_LIMITED; Unauthenticated,
  // CREDENTIALS_UNKNOWN, once its client is gone from the configuration.
  absl::Status ChargeRequest() const;
  // Before the work for them. ResourceExhausted, QUOTA_EXHAUSTED; InvalidArgument, LARGER_THAN_QUOTA. Who is gone is
  // not asked again.
  absl::Status ChargeCharacters(int64_t code_points) const;
  // Whose it is: the same for all calls of a caller, another for another; 0 where nothing counts.
  uint64_t caller() const { return account_ == nullptr ? 0 : account_->id; }

  // What the configuration calls them: "chat-app", or "anonymous"; empty where nothing counts.
  std::string_view client() const {
    return account_ == nullptr ? std::string_view() : account_->plan->name;
  }

  // Gives back its place early, before an answer is on its way. Idempotent; charging still works.
  void Release();

 private:
  friend class Admission;
  Grant(const Admission* admission, std::shared_ptr<Account> account)
      : admission_(admission), account_(std::move(account)) {}
  // Takes a place; errors are those of Admit.
  absl::Status Enter();

  const Admission* admission_ = nullptr;
  std::shared_ptr<Account> account_;
  bool under_way_ = false;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_ADMISSION_H_
