// The `signalbook` command.
#include "service/cli/cli.h"

int main(int argc, char** argv) { return signalbook::RunCommandLine(argc, argv); }
