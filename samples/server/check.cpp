// Everything that a start looks at, up to the moment when it would leave traces.
#include "check.hpp"

#include "administration.hpp"
#include "configuration.hpp"
#include "logging.hpp"
#include "serving.hpp"
#include "standard_streams.hpp"
#include "start_line.hpp"

#include <chrono>
#include <cstdlib>
#include <unistd.h>

namespace server
{

int check_configuration(Settings const& settings)
{
    auto const log_to_stderr = Log::start("warning", "", LogFormat::text);
    auto configuration = configure(settings, Purpose::check);
    if (!configuration)
    {
        complain(configuration.error().detail);
        return EXIT_FAILURE;
    }
    auto const line = start_line(*configuration, settings);
    auto const serving = Serving::create(*configuration);
    if (!serving)
    {
        complain(serving.error().detail);
        return EXIT_FAILURE;
    }
    if (auto const administration = settings.admin.empty() ? scimkit::result<std::unique_ptr<Administration>>{nullptr}
                                                           : Administration::create(*configuration, settings, *serving);
        !administration)
    {
        complain(administration.error().detail);
        return EXIT_FAILURE;
    }
    write_in_time(STDOUT_FILENO, "good: " + line + "\n", std::chrono::seconds{1});
    return EXIT_SUCCESS;
}

} // namespace server
