// The way back from the wire: response.h the other way round.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_SERVICE_CHECK_FROM_PROTO_H_
#define SIGNALBOOK_SERVICE_CHECK_FROM_PROTO_H_

#include "absl/status/statusor.h"
#include "signalbook/v1/translation.pb.h"
#include "translator/text.h"

namespace signalbook::check {

// An answer as the domain has it; whether it keeps the law is for law.h to say. InvalidArgument names a
// value that is none of the domain's ("pieces[2].licence: 0 says nothing"): an enum that is not set or of a
// later version, a range before the text.
absl::StatusOr<Translation> FromProto(const v1::Translation& translation);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_FROM_PROTO_H_
