// What an operator does with requests that were kept: take them out as a file, and send such a file again.
#pragma once

namespace server
{

/// `scimkit-server requests export`: asks a running administration. argv[0] is "requests". Returns the exit code.
int requests_command(int argc, char const* const* argv);

/// `scimkit-server replay FILE`: sends what was kept to a SCIM root, in order, and says which answers have another
/// status. argv[0] is "replay". Returns the exit code: 0 when all are the same.
int replay_command(int argc, char const* const* argv);

} // namespace server
