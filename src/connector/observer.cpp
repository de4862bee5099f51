// The silent observer is here, so that it is one class for all libraries of a program.
#include <scimkit/connector/observer.hpp>

namespace scimkit::connector
{

void Observer::say(std::string_view) {}

void Observer::progress(std::string_view, std::uint64_t, std::optional<std::uint64_t>) {}

void Observer::end_progress() {}

} // namespace scimkit::connector
