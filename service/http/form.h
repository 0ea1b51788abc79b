// Parameters of application/x-www-form-urlencoded (https://url.spec.whatwg.org/#urlencoded-parsing).
//
// httplib has a parser, but it drops a field that is there twice, and a list is sent that way.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_HTTP_FORM_H_
#define SIGNALBOOK_SERVICE_HTTP_FORM_H_

#include <string_view>
#include <vector>

#include "service/http/libretranslate_api.h"

namespace signalbook {

// In order. What is no escape stands for itself: "100%" is "100%". Values may be no UTF-8.
std::vector<LibreField> ParseForm(std::string_view form);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_FORM_H_
