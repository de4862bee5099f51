// `scimkit-server audit export`: what the audit log of a running server has, as lines of JSON.
#pragma once

namespace server
{

/// `argv` begins with the word "audit". Returns the exit code.
int audit_command(int argc, char const* const* argv);

} // namespace server
