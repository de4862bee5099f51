// `scimkit-server admin ...`: what an administrator does to a running server, from its machine.
#pragma once

namespace server
{

/// `argv` begins with the word "admin". Returns the exit code.
int admin_command(int argc, char const* const* argv);

} // namespace server
