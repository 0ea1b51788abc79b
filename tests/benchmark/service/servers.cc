#include "tests/benchmark/service/servers.h"

#include <time.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "service/translation_service.h"

namespace signalbook {
namespace {

constexpr std::string_view kReady = "listening on ";

class Echo final : public RawTranslationService {
  class Stream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    Stream() { StartRead(&message_); }
    void OnReadDone(bool ok) override {
      if (ok) {
        StartWrite(&message_);
      } else {
        Finish(grpc::Status::OK);
      }
    }
    void OnWriteDone(bool ok) override {
      if (ok) {
        StartRead(&message_);
      } else {
        Finish(grpc::Status::CANCELLED);
      }
    }
    void OnDone() override { delete this; }

   private:
    grpc::ByteBuffer message_;
  };

  grpc::ServerUnaryReactor* TranslateText(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override {
    *response = *request;
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamTranslateText(
      grpc::CallbackServerContext* /*context*/) override {
    return new Stream;
  }
};

std::vector<std::string> ServeCommand(const TempFolder& folder, const std::string& config) {
  return {SIGNALBOOK_PROGRAM, "serve", "--config",
          folder.Write("config.textproto",
                       "listen: \"127.0.0.1:0\"\nmetrics: \"127.0.0.1:0\"\n"
                       "apertium { disabled: true }\n" +
                           config)};
}

// With its complaints in a file: a pipe that nobody empties would stop it one day.
std::vector<std::string> Quietly(std::vector<std::string> command) {
  std::vector<std::string> quiet = {"/bin/sh", "-c", "exec \"$0\" \"$@\" 2>/dev/null"};
  quiet.insert(quiet.end(), std::make_move_iterator(command.begin()),
               std::make_move_iterator(command.end()));
  return quiet;
}

}  // namespace

MeasuredServer::MeasuredServer(std::vector<std::string> command)
    : process_(Quietly(std::move(command))) {
  const std::string ready = process_.ReadLine(absl::Seconds(60));
  if (ready.find(kReady) != 0) {
    std::fprintf(stderr, "a server does not start; try it by hand: %s serve\n", SIGNALBOOK_PROGRAM);
    std::exit(1);
  }
  address_ = ready.substr(0, ready.find(';')).substr(kReady.size());
}

absl::Duration MeasuredServer::Cpu() const {
  clockid_t clock;
  timespec time = {};
  if (clock_getcpuclockid(process_.pid(), &clock) != 0 || clock_gettime(clock, &time) != 0) {
    std::perror("the CPU clock of a server");
    std::exit(1);
  }
  return absl::DurationFromTimespec(time);
}

int64_t MeasuredServer::PeakBytes() const {
  std::ifstream status("/proc/" + std::to_string(process_.pid()) + "/status");
  for (std::string word; status >> word;) {
    if (int64_t kilobytes = 0; word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

SignalbookServer::SignalbookServer(const std::string& config)
    : server_(std::make_unique<MeasuredServer>(ServeCommand(folder_, config))) {}

MeasuredServer EchoServer() {
  return MeasuredServer({std::filesystem::read_symlink("/proc/self/exe"), kEchoFlag});
}

int RunEcho() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Echo echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::printf("listening on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(absl::ToChronoTime(absl::Now()));
  return 0;
}

}  // namespace signalbook
