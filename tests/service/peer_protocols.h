// Clients of the two standard services, health and reflection, by their few bytes on the wire:
// Debian packages neither's .proto file.
#ifndef SIGNALBOOK_TESTS_SERVICE_PEER_PROTOCOLS_H_
#define SIGNALBOOK_TESTS_SERVICE_PEER_PROTOCOLS_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace signalbook {

// grpc.health.v1.HealthCheckResponse.ServingStatus; kUnknownService also stands for NOT_FOUND.
enum class Health { kUnknown = 0, kServing = 1, kNotServing = 2, kUnknownService = 3, kNoAnswer };

// grpc.health.v1.Health/Check.
Health HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service);

// A streaming call by bytes, one step at a time. Ends by cancelling.
class RawStream {
 public:
  RawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method);
  ~RawStream();
  bool Write(const std::string& message);
  bool Read(std::string* message);  // false at the end

 private:
  bool Step();  // waits for the operation that was started last

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

// grpc.health.v1.Health/Watch.
class HealthWatch {
 public:
  HealthWatch(const std::shared_ptr<grpc::Channel>& channel, const std::string& service);
  // Waits for the next change.
  Health Next();

 private:
  RawStream stream_;
};

// grpc.reflection.v1alpha.ServerReflection, list_services.
std::vector<std::string> ListServices(const std::shared_ptr<grpc::Channel>& channel);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_PEER_PROTOCOLS_H_
