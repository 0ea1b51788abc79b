#include "tests/benchmark/service/load.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/time/clock.h"

namespace signalbook {
namespace {

bool Same(const grpc::ByteBuffer& bytes, const std::string& expected) {
  grpc::Slice slice;
  return bytes.DumpToSingleSlice(&slice).ok() && slice.size() == expected.size() &&
         std::memcmp(slice.begin(), expected.data(), expected.size()) == 0;
}

std::vector<std::unique_ptr<grpc::GenericStub>> Connect(const LoadOptions& options) {
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (int i = 0; i < options.connections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection each
    arguments.SetMaxReceiveMessageSize(-1);
    const auto channel =
        grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(30)))) {
      std::fprintf(stderr, "no connection to %s\n", options.address.c_str());
      std::exit(1);
    }
    stubs.push_back(std::make_unique<grpc::GenericStub>(channel));
  }
  return stubs;
}

// Questions in turn, and the answers counted.
class Desk {
 public:
  explicit Desk(const LoadOptions& options) : options_(options) {}

  void Open(absl::Duration duration) {
    result_ = {};
    start_ = absl::Now();
    end_ = start_ + duration;
  }
  bool open() const { return absl::Now() < end_; }
  const Question& Next() { return (*options_.questions)[next_++ % options_.questions->size()]; }
  void Count(const Question& question, const grpc::Status& status, const grpc::ByteBuffer& answer) {
    if (!status.ok()) {
      if (result_.failed++ == 0) {
        std::fprintf(stderr, "%s: status %d\n", options_.method.c_str(), status.error_code());
      }
    } else if (Same(answer, question.answer)) {
      ++result_.right;
    } else {
      ++result_.wrong;
    }
  }
  LoadResult Close() {
    result_.took = absl::Now() - start_;
    return result_;
  }
  const LoadOptions& options() const { return options_; }

 private:
  const LoadOptions options_;
  size_t next_ = 0;
  LoadResult result_;
  absl::Time start_, end_;
};

class UnaryLoadImpl final : public Load {
 public:
  explicit UnaryLoadImpl(const LoadOptions& options) : desk_(options), stubs_(Connect(options)) {}
  ~UnaryLoadImpl() override { queue_.Shutdown(); }

  LoadResult Run(absl::Duration duration) override {
    desk_.Open(duration);
    int under_way = 0;
    for (const auto& stub : stubs_) {
      for (int i = 0; i < desk_.options().outstanding; ++i, ++under_way) {
        (new Call{stub.get()})->Start(this);
      }
    }
    void* tag = nullptr;
    bool ok = false;
    while (under_way > 0 && queue_.Next(&tag, &ok)) {
      const std::unique_ptr<Call> done(static_cast<Call*>(tag));
      desk_.Count(*done->question, done->status, done->answer);
      if (desk_.open()) {
        (new Call{done->stub})->Start(this);
      } else {
        --under_way;
      }
    }
    return desk_.Close();
  }

 private:
  struct Call {
    grpc::GenericStub* const stub;
    const Question* question = nullptr;
    grpc::ClientContext context = {};
    grpc::ByteBuffer answer = {};
    grpc::Status status = {};
    std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader = nullptr;

    void Start(UnaryLoadImpl* load) {
      question = &load->desk_.Next();
      reader = stub->PrepareUnaryCall(&context, load->desk_.options().method, question->request,
                                      &load->queue_);
      reader->StartCall();
      reader->Finish(&answer, &status, this);
    }
  };

  Desk desk_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
};

class StreamLoadImpl final : public Load {
 public:
  explicit StreamLoadImpl(const LoadOptions& options) : desk_(options), stubs_(Connect(options)) {}
  ~StreamLoadImpl() override { queue_.Shutdown(); }

  LoadResult Run(absl::Duration duration) override {
    desk_.Open(duration);
    std::vector<std::unique_ptr<Stream>> streams;
    for (const auto& stub : stubs_) streams.push_back(std::make_unique<Stream>(this, stub.get()));
    size_t done = 0;
    void* tag = nullptr;
    bool ok = false;
    while (done < streams.size() && queue_.Next(&tag, &ok)) {
      const auto* step = static_cast<Step*>(tag);
      done += (step->stream->*step->next)(ok) ? 1 : 0;
    }
    return desk_.Close();
  }

 private:
  class Stream;
  struct Step {
    Stream* stream;
    bool (Stream::*next)(bool ok);  // true: the stream has ended
  };

  class Stream {
   public:
    Stream(StreamLoadImpl* load, grpc::GenericStub* stub)
        : load_(load),
          rpc_(stub->PrepareCall(&context_, load->desk_.options().method, &load->queue_)) {
      rpc_->StartCall(&started_);
    }

   private:
    bool Started(bool ok) {
      if (!ok) return Finish();
      Read();
      Write();
      return false;
    }
    bool Wrote(bool ok) {
      writing_ = false;
      if (ok) Write();
      return false;
    }
    bool WroteLast(bool /*ok*/) { return false; }
    bool WasRead(bool ok) {
      if (!ok) return Finish();
      load_->desk_.Count(*asked_.front(), grpc::Status::OK, answer_);
      asked_.pop_front();
      Read();
      Write();
      return false;
    }
    bool Finished(bool /*ok*/) {
      const grpc::Status lost(grpc::StatusCode::DATA_LOSS, "the stream has ended");
      for (const Question* question : asked_) load_->desk_.Count(*question, lost, {});
      return true;
    }

    bool Finish() {
      rpc_->Finish(&status_, &finished_);
      return false;
    }
    void Read() { rpc_->Read(&answer_, &read_); }
    void Write() {
      if (writing_ || closed_) return;
      if (!load_->desk_.open()) {
        if (!asked_.empty()) return;
        closed_ = true;
        rpc_->WritesDone(&wrote_last_);
        return;
      }
      if (asked_.size() >= static_cast<size_t>(load_->desk_.options().outstanding)) return;
      writing_ = true;
      asked_.push_back(&load_->desk_.Next());
      rpc_->Write(asked_.back()->request, &wrote_);
    }

    StreamLoadImpl* const load_;
    grpc::ClientContext context_;
    const std::unique_ptr<grpc::GenericClientAsyncReaderWriter> rpc_;
    std::deque<const Question*> asked_;
    grpc::ByteBuffer answer_;
    grpc::Status status_;
    bool writing_ = false;
    bool closed_ = false;
    Step started_{this, &Stream::Started};
    Step read_{this, &Stream::WasRead};
    Step wrote_{this, &Stream::Wrote};
    Step wrote_last_{this, &Stream::WroteLast};
    Step finished_{this, &Stream::Finished};
  };

  Desk desk_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
};

}  // namespace

grpc::ByteBuffer BytesOf(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

std::string TextOf(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

std::unique_ptr<Load> UnaryLoad(const LoadOptions& options) {
  return std::make_unique<UnaryLoadImpl>(options);
}
std::unique_ptr<Load> StreamLoad(const LoadOptions& options) {
  return std::make_unique<StreamLoadImpl>(options);
}

}  // namespace signalbook
