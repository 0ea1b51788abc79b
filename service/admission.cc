#include "service/admission.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <cstring>

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

}  // namespace

absl::Duration Admission::SteadyClock() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

Admission::Admission(const v1::Access& access, Clock clock)
    : clock_(std::move(clock)), allow_anonymous_(access.allow_anonymous()) {
  anonymous_.name = kAnonymous;
  SetLimits(access.anonymous_limits(), &anonymous_);
}

absl::StatusOr<std::unique_ptr<Admission>> Admission::Create(const v1::Access& access,
                                                             Clock clock) {
  std::unique_ptr<Admission> admission(new Admission(access, std::move(clock)));
  for (const v1::Client& client : access.clients()) {
    absl::Status added = admission->table_.Add(
        client.name(), {client.token_sha256().begin(), client.token_sha256().end()},
        {client.certificate_names().begin(), client.certificate_names().end()});
    if (!added.ok()) return added;
    Plan* const plan = admission->plans_.emplace_back(std::make_unique<Plan>()).get();
    plan->name = client.name();
    SetLimits(client.limits(), plan);
    admission->accounts_.push_back(admission->NewAccount(plan));
  }
  return admission;
}

void Admission::SetLimits(const v1::CallerLimits& limits, Plan* plan) {
  if (limits.requests_per_second() > 0) {
    plan->requests.emplace(limits.requests_per_second(), absl::Seconds(1), limits.request_burst());
    plan->requests_per_second = limits.requests_per_second();
  }
  if (limits.characters_per_minute() > 0) {
    plan->characters.emplace(limits.characters_per_minute(), absl::Minutes(1),
                             limits.character_burst());
    plan->characters_per_minute = limits.characters_per_minute();
  }
  plan->max_concurrent = limits.max_concurrent();
}

std::shared_ptr<Admission::Account> Admission::NewAccount(Plan* plan) {
  auto account = std::make_shared<Account>();
  account->plan = plan;
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
  tracked_.emplace_front(address, NewAccount(&anonymous_));
  by_address_.emplace(address, tracked_.begin());
  return tracked_.front().second;
}

absl::StatusOr<Admission::Grant> Admission::Admit(const Credentials& credentials,
                                                  std::string_view address) {
  std::shared_ptr<Account> account;
  if (const absl::StatusOr<size_t> row = table_.Find(credentials); row.ok()) {
    account = accounts_[*row];
  } else if (const bool missing = ReasonOf(row.status()) == reason::kCredentialsMissing;
             missing && allow_anonymous_) {
    account = AccountAt(Parse(address));
  } else {
    (missing ? missing_ : unknown_).fetch_add(1, std::memory_order_relaxed);
    return row.status();
  }

  Grant grant(this, std::move(account));
  if (!grant.Enter()) {
    Plan& plan = *grant.account_->plan;
    plan.refused[kTooManyCalls].fetch_add(1, std::memory_order_relaxed);
    return ComeBackLater(reason::kTooManyCalls,
                         StrCat("you have ", plan.max_concurrent,
                                " calls under way, which is all you may have at once; wait for one "
                                "to end"),
                         {{"limit", StrCat(plan.max_concurrent)}}, kRetryDelay);
  }
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

bool Admission::Grant::Enter() {
  const int most = account_->plan->max_concurrent;
  if (most == 0) return true;
  int count = account_->under_way.load(std::memory_order_relaxed);
  do {
    if (count >= most) return false;
  } while (!account_->under_way.compare_exchange_weak(count, count + 1, std::memory_order_relaxed));
  under_way_ = true;
  return true;
}

void Admission::Grant::Release() {
  if (!std::exchange(under_way_, false)) return;
  account_->under_way.fetch_sub(1, std::memory_order_relaxed);
}

absl::Status Admission::Grant::ChargeRequest() const {
  if (account_ == nullptr) return absl::OkStatus();
  Plan& plan = *account_->plan;
  if (plan.requests) {
    const absl::Duration wait = plan.requests->Charge(&account_->requests, admission_->clock_(), 1);
    if (wait > absl::ZeroDuration()) {
      plan.refused[kRateLimited].fetch_add(1, std::memory_order_relaxed);
      return ComeBackLater(
          reason::kRateLimited,
          StrCat("more than ", plan.requests_per_second, " requests per second; come back in ",
                 absl::FormatDuration(wait)),
          {{"limit", StrCat(plan.requests_per_second)}, {"burst", StrCat(plan.requests->burst())}},
          wait);
    }
  }
  plan.let_in.fetch_add(1, std::memory_order_relaxed);
  return absl::OkStatus();
}

absl::Status Admission::Grant::ChargeCharacters(int64_t code_points) const {
  if (account_ == nullptr) return absl::OkStatus();
  Plan& plan = *account_->plan;
  if (plan.characters) {
    const absl::Duration wait =
        plan.characters->Charge(&account_->characters, admission_->clock_(), code_points);
    if (wait == absl::InfiniteDuration()) {
      plan.refused[kLargerThanQuota].fetch_add(1, std::memory_order_relaxed);
      return InvalidRequest(
          {.reason = reason::kLargerThanQuota,
           .field = "",
           .description =
               StrCat("the request has ", code_points, " code points, and you may send ",
                      plan.characters->burst(), " at once; it never fits: send it in parts"),
           .metadata = {{"actual", StrCat(code_points)},
                        {"limit", StrCat(plan.characters->burst())}}});
    }
    if (wait > absl::ZeroDuration()) {
      plan.refused[kQuotaExhausted].fetch_add(1, std::memory_order_relaxed);
      return ComeBackLater(reason::kQuotaExhausted,
                           StrCat("more than ", plan.characters_per_minute,
                                  " code points per minute; come back with these ", code_points,
                                  " in ", absl::FormatDuration(wait)),
                           {{"actual", StrCat(code_points)},
                            {"limit", StrCat(plan.characters_per_minute)},
                            {"burst", StrCat(plan.characters->burst())}},
                           wait);
    }
  }
  plan.code_points.fetch_add(static_cast<uint64_t>(code_points), std::memory_order_relaxed);
  return absl::OkStatus();
}

void Admission::AddMetrics(Metrics* metrics) const {
  using Values = std::vector<Metrics::Value>;
  std::vector<const Plan*> plans;
  for (const auto& plan : plans_) plans.push_back(plan.get());
  if (allow_anonymous_) plans.push_back(&anonymous_);
  const auto of_plans = [&plans](Count Plan::*count) {
    return [plans, count] {
      Values values;
      for (const Plan* plan : plans) {
        values.push_back({{{"client", plan->name}}, static_cast<double>(plan->*count)});
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
        for (const Plan* plan : plans) {
          for (size_t i = 0; i < kLimits; ++i) {
            values.push_back({{{"client", plan->name}, {"reason", kReasons[i]}},
                              static_cast<double>(plan->refused[i])});
          }
        }
        return values;
      });
  metrics->AddCounter("signalbook_unauthenticated_total", "Calls of nobody who may call", [this] {
    return Values{{{{"reason", "credentials_missing"}}, static_cast<double>(missing_)},
                  {{{"reason", "credentials_unknown"}}, static_cast<double>(unknown_)}};
  });
}

size_t Admission::tracked_addresses() {
  std::lock_guard lock(mutex_);
  return tracked_.size();
}

}  // namespace signalbook
