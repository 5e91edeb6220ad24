#include "command/command.h"

int main(int argument_count, char** arguments) {
    return groundwork::command::run_program(argument_count, arguments);
}
