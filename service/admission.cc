#include "service/admission.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>

#include "service/limits.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr char kAnonymous[] = "anonymous";

// "[2001:db8::1%eth0]:443" → "2001:db8::1".
std::string Host(std::string_view address) {
  if (address.starts_with('[')) {
    address = address.substr(1, address.find(']') - 1);
  } else if (std::count(address.begin(), address.end(), ':') == 1) {
    address = address.substr(0, address.find(':'));
  }
  return std::string(address.substr(0, address.find('%')));
}

absl::Status Gone() {
  return WithReason(absl::StatusCode::kUnauthenticated, reason::kCredentialsUnknown,
                    "the configuration does not name you any more; ask for new credentials");
}

}  // namespace

absl::Duration Admission::SteadyClock() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

Admission::Admission(Clock clock) : clock_(std::move(clock)), anonymous_(std::make_shared<Plan>()) {
  anonymous_->name = kAnonymous;
}

absl::StatusOr<std::unique_ptr<Admission>> Admission::Create(
    const std::optional<v1::Access>& access, Clock clock) {
  std::unique_ptr<Admission> admission(new Admission(std::move(clock)));
  const absl::StatusOr<std::function<void()>> use = admission->PrepareChange(access);
  if (!use.ok()) return use.status();
  (*use)();
  return admission;
}

absl::StatusOr<std::function<void()>> Admission::PrepareChange(
    const std::optional<v1::Access>& access) {
  std::map<std::string, std::shared_ptr<Account>> before;  // by name; those that stay are taken out
  if (const std::shared_ptr<const Rules> rules = rules_.load()) {
    for (const auto& account : rules->accounts) before.emplace(account->plan->name, account);
  }
  std::shared_ptr<Rules> next;
  std::vector<std::shared_ptr<const Limits>> limits;  // of the accounts of `next`
  if (access) {
    next = std::make_shared<Rules>();
    next->allow_anonymous = access->allow_anonymous();
    for (const v1::Client& client : access->clients()) {
      absl::Status added = next->table.Add(
          client.name(), {client.token_sha256().begin(), client.token_sha256().end()},
          {client.certificate_names().begin(), client.certificate_names().end()});
      if (!added.ok()) return added;
      if (auto stays = before.extract(client.name())) {
        next->accounts.push_back(std::move(stays.mapped()));
      } else {
        auto plan = std::make_shared<Plan>();
        plan->name = client.name();
        next->accounts.push_back(NewAccount(std::move(plan)));
      }
      limits.push_back(LimitsOf(client.limits()));
    }
  }
  std::shared_ptr<const Limits> anonymous;
  if (access && access->allow_anonymous()) anonymous = LimitsOf(access->anonymous_limits());

  return [this, next = std::move(next), limits = std::move(limits), gone = std::move(before),
          anonymous = std::move(anonymous)] {
    for (size_t i = 0; i < limits.size(); ++i) {
      TakeOver(next->accounts[i].get(), *limits[i]);
      next->accounts[i]->plan->limits = limits[i];
    }
    if (anonymous != nullptr) {
      std::lock_guard lock(mutex_);
      for (const auto& tracked : tracked_) TakeOver(tracked.second.get(), *anonymous);
    }
    anonymous_->limits = anonymous;
    rules_ = next;
    asks_ = next != nullptr;
    // Last: whoever was let in by the rules before finds limits, or is told that there are none any more.
    for (const auto& [name, account] : gone)
      account->plan->limits = std::shared_ptr<const Limits>();
  };
}

bool Admission::needs_credentials() const {
  const std::shared_ptr<const Rules> rules = rules_.load();
  return rules != nullptr && !rules->allow_anonymous;
}

std::shared_ptr<const Admission::Limits> Admission::LimitsOf(const v1::CallerLimits& limits) {
  auto result = std::make_shared<Limits>();
  if (limits.requests_per_second() > 0) {
    result->requests.emplace(limits.requests_per_second(), absl::Seconds(1),
                             limits.request_burst());
    result->requests_per_second = limits.requests_per_second();
  }
  if (limits.characters_per_minute() > 0) {
    result->characters.emplace(limits.characters_per_minute(), absl::Minutes(1),
                               limits.character_burst());
    result->characters_per_minute = limits.characters_per_minute();
  }
  result->max_concurrent = limits.max_concurrent();
  return result;
}

void Admission::TakeOver(Account* account, const Limits& next) const {
  const std::shared_ptr<const Limits> before = account->plan->limits.load();
  const absl::Duration now = clock_();
  const auto take_over = [&](std::optional<RateLimit> Limits::*rate, RateLimit::State* state) {
    if (!(next.*rate)) return;
    const bool limited = before != nullptr && before.get()->*rate;
    (next.*rate)->TakeOver(state, limited ? &*(before.get()->*rate) : nullptr, now);
  };
  take_over(&Limits::requests, &account->requests);
  take_over(&Limits::characters, &account->characters);
}

std::shared_ptr<Admission::Account> Admission::NewAccount(std::shared_ptr<Plan> plan) {
  auto account = std::make_shared<Account>();
  account->plan = std::move(plan);
  account->id = next_id_++;
  return account;
}

Admission::Address Admission::Parse(std::string_view address) {
  const std::string host = Host(address);
  in_addr four = {};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return {0, ntohl(four.s_addr)};
  in6_addr six = {};
  if (inet_pton(AF_INET6, host.c_str(), &six) != 1) return {2, 0};
  if (IN6_IS_ADDR_V4MAPPED(&six)) {  // how a socket for both kinds shows an IPv4 address
    std::memcpy(&four, six.s6_addr + 12, sizeof four);
    return {0, ntohl(four.s_addr)};
  }
  uint64_t network = 0;
  for (int i = 0; i < 8; ++i) network = network << 8 | six.s6_addr[i];
  return {1, network};
}

std::shared_ptr<Admission::Account> Admission::AccountAt(const Address& address) {
  std::lock_guard lock(mutex_);
  if (const auto found = by_address_.find(address); found != by_address_.end()) {
    tracked_.splice(tracked_.begin(), tracked_, found->second);
    return tracked_.front().second;
  }
  if (tracked_.size() >= kMaxTrackedAddresses) {
    by_address_.erase(tracked_.back().first);
    tracked_.pop_back();
  }
  tracked_.emplace_front(address, NewAccount(anonymous_));
  by_address_.emplace(address, tracked_.begin());
  return tracked_.front().second;
}

absl::StatusOr<Admission::Grant> Admission::Admit(const Credentials& credentials,
                                                  std::string_view address, std::string* client) {
  const std::shared_ptr<const Rules> rules = rules_.load();
  if (rules == nullptr) return Grant();
  std::shared_ptr<Account> account;
  if (const absl::StatusOr<size_t> row = rules->table.Find(credentials); row.ok()) {
    account = rules->accounts[*row];
  } else if (const bool missing = ReasonOf(row.status()) == reason::kCredentialsMissing;
             missing && rules->allow_anonymous) {
    account = AccountAt(Parse(address));
  } else {
    (missing ? missing_ : unknown_).fetch_add(1, std::memory_order_relaxed);
    return row.status();
  }

  if (client != nullptr) *client = account->plan->name;
  Grant grant(this, std::move(account));
  if (absl::Status status = grant.Enter(); !status.ok()) return status;
  if (absl::Status status = grant.ChargeRequest(); !status.ok()) return status;
  return grant;
}

Admission::Grant::Grant(Grant&& other) noexcept
    : admission_(other.admission_),
      account_(std::move(other.account_)),
      under_way_(std::exchange(other.under_way_, false)) {}

Admission::Grant& Admission::Grant::operator=(Grant&& other) noexcept {
  if (this == &other) return *this;
  Release();
  admission_ = other.admission_;
  account_ = std::move(other.account_);
  under_way_ = std::exchange(other.under_way_, false);
  return *this;
}

absl::Status Admission::Grant::Enter() {
  Plan& plan = *account_->plan;
  const std::shared_ptr<const Limits> limits = plan.limits.load();
  if (limits == nullptr) return Gone();
  const int most = limits->max_concurrent;
  if (most == 0) return absl::OkStatus();
  int count = account_->under_way.load(std::memory_order_relaxed);
  do {
    if (count < most) continue;
    plan.refused[kTooManyCalls].fetch_add(1, std::memory_order_relaxed);
    return ComeBackLater(reason::kTooManyCalls,
                         StrCat("you have ", most,
                                " calls under way, which is all you may have at once; wait for one "
                                "to end"),
                         {{"limit", StrCat(most)}}, kRetryDelay);
  } while (!account_->under_way.compare_exchange_weak(count, count + 1, std::memory_order_relaxed));
  under_way_ = true;
  return absl::OkStatus();
}

void Admission::Grant::Release() {
  if (!std::exchange(under_way_, false)) return;
  account_->under_way.fetch_sub(1, std::memory_order_relaxed);
}

absl::Status Admission::Grant::ChargeRequest() const {
  if (account_ == nullptr) return absl::OkStatus();
  Plan& plan = *account_->plan;
  const std::shared_ptr<const Limits> limits = plan.limits.load();
  if (limits == nullptr) return Gone();
  if (const std::optional<RateLimit>& rate = limits->requests) {
    const absl::Duration wait = rate->Charge(&account_->requests, admission_->clock_(), 1);
    if (wait > absl::ZeroDuration()) {
      plan.refused[kRateLimited].fetch_add(1, std::memory_order_relaxed);
      return ComeBackLater(
          reason::kRateLimited,
          StrCat("more than ", limits->requests_per_second, " requests per second; come back in ",
                 absl::FormatDuration(wait)),
          {{"limit", StrCat(limits->requests_per_second)}, {"burst", StrCat(rate->burst())}}, wait);
    }
  }
  plan.let_in.fetch_add(1, std::memory_order_relaxed);
  return absl::OkStatus();
}

absl::Status Admission::Grant::ChargeCharacters(int64_t code_points) const {
  if (account_ == nullptr) return absl::OkStatus();
  Plan& plan = *account_->plan;
  const std::shared_ptr<const Limits> limits = plan.limits.load();
  if (limits != nullptr && limits->characters) {
    const RateLimit& rate = *limits->characters;
    const absl::Duration wait =
        rate.Charge(&account_->characters, admission_->clock_(), code_points);
    if (wait == absl::InfiniteDuration()) {
      plan.refused[kLargerThanQuota].fetch_add(1, std::memory_order_relaxed);
      return InvalidRequest(
          {.reason = reason::kLargerThanQuota,
           .field = "",
           .description = StrCat("the request has ", code_points, " code points, and you may send ",
                                 rate.burst(), " at once; it never fits: send it in parts"),
           .metadata = {{"actual", StrCat(code_points)}, {"limit", StrCat(rate.burst())}}});
    }
    if (wait > absl::ZeroDuration()) {
      plan.refused[kQuotaExhausted].fetch_add(1, std::memory_order_relaxed);
      return ComeBackLater(reason::kQuotaExhausted,
                           StrCat("more than ", limits->characters_per_minute,
                                  " code points per minute; come back with these ", code_points,
                                  " in ", absl::FormatDuration(wait)),
                           {{"actual", StrCat(code_points)},
                            {"limit", StrCat(limits->characters_per_minute)},
                            {"burst", StrCat(rate.burst())}},
                           wait);
    }
  }
  plan.code_points.fetch_add(static_cast<uint64_t>(code_points), std::memory_order_relaxed);
  return absl::OkStatus();
}

void Admission::AddMetrics(Metrics* metrics) const {
  using Values = std::vector<Metrics::Value>;
  // Those of the configuration in force.
  const auto plans = [this] {
    std::vector<std::shared_ptr<const Plan>> list;
    const std::shared_ptr<const Rules> rules = rules_.load();
    if (rules == nullptr) return list;
    for (const auto& account : rules->accounts) list.push_back(account->plan);
    if (rules->allow_anonymous) list.push_back(anonymous_);
    return list;
  };
  const auto of_plans = [&plans](Count Plan::*count) {
    return [plans, count] {
      Values values;
      for (const auto& plan : plans()) {
        values.push_back({{{"client", plan->name}}, static_cast<double>(plan.get()->*count)});
      }
      return values;
    };
  };
  metrics->AddCounter("signalbook_client_calls_total",
                      "Calls and messages on streams that were let in", of_plans(&Plan::let_in));
  metrics->AddCounter("signalbook_client_characters_total", "Code points that were let in",
                      of_plans(&Plan::code_points));
  metrics->AddCounter(
      "signalbook_client_limited_total", "What was refused because of a client's limits", [plans] {
        constexpr std::array<const char*, kLimits> kReasons = {
            "rate_limited", "quota_exhausted", "larger_than_quota", "too_many_calls"};
        Values values;
        for (const auto& plan : plans()) {
          for (size_t i = 0; i < kLimits; ++i) {
            values.push_back({{{"client", plan->name}, {"reason", kReasons[i]}},
                              static_cast<double>(plan->refused[i])});
          }
        }
        return values;
      });
  metrics->AddCounter("signalbook_unauthenticated_total", "Calls of nobody who may call", [this] {
    if (!asks()) return Values();
    return Values{{{{"reason", "credentials_missing"}}, static_cast<double>(missing_)},
                  {{{"reason", "credentials_unknown"}}, static_cast<double>(unknown_)}};
  });
}

size_t Admission::tracked_addresses() {
  std::lock_guard lock(mutex_);
  return tracked_.size();
}

}  // namespace signalbook
