// signalbook server health: whether a server takes calls, for the health checks of containers and balancers.
#ifndef SIGNALBOOK_SERVICE_CLI_HEALTH_H_
#define SIGNALBOOK_SERVICE_CLI_HEALTH_H_

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook {

// Adds "server health" to `server`.
void AddHealth(CLI::App* server, int* exit_code);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_HEALTH_H_
