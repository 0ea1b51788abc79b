// Several pieces of work at once, for as long as one request: beside what a server of models takes, a thread costs
// nothing.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_SIDE_BY_SIDE_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_SIDE_BY_SIDE_H_

#include <cstddef>
#include <functional>

namespace signalbook {

// Calls work(0) … work(count - 1), each once, at most `parallel` at a time, of which one on this thread. Returns when
// all have returned. With fewer threads where the machine has no more. Precondition: `parallel` is positive.
void SideBySide(size_t count, int parallel, const std::function<void(size_t)>& work);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_SIDE_BY_SIDE_H_
