// A load on a server of this machine, as a file describes it (plan.hpp); what became of it is told as JSON.
//
//     scimkit_bench_load PLAN.json
//
// Times are microseconds. Exits with 1 where an answer was no 2xx or did not come: `failures` names them, and the rest
// is then no figure to tell anybody.
#include "run.hpp"

#include <boost/json/serialize.hpp>

#include <cstdlib>
#include <iostream>

namespace
{

namespace json = boost::json;

json::object as_json(load::Latencies const& latencies)
{
    return {{"answers", latencies.count()},
            {"p50", latencies.percentile(0.5)},
            {"p99", latencies.percentile(0.99)},
            {"p999", latencies.percentile(0.999)},
            {"max", latencies.longest()}};
}

json::object as_json(load::Plan const& plan, load::Outcome const& outcome)
{
    auto report = as_json(outcome.all);
    auto const answered = static_cast<double>(outcome.all.count() - outcome.unsent);
    report["answers"] = outcome.all.count() - outcome.unsent;
    report["seconds"] = outcome.seconds;
    report["rate"] = outcome.seconds > 0 ? answered / outcome.seconds : 0;
    report["unsent"] = outcome.unsent;
    json::object kinds, failures;
    for (std::size_t i = 0; i < plan.kinds.size(); ++i)
        kinds[plan.kinds[i].name] = as_json(outcome.kinds[i]);
    for (auto const& [what, count] : outcome.failures)
        failures[what] = count;
    json::array windows;
    for (auto const& each : outcome.windows)
        windows.push_back(as_json(each));
    report["kinds"] = std::move(kinds);
    report["failures"] = std::move(failures);
    report["windows"] = std::move(windows);
    return report;
}

} // namespace

int main(int argc, char** argv)
try
{
    if (argc != 2)
    {
        std::cerr << "usage: scimkit_bench_load PLAN.json\n";
        return EXIT_FAILURE;
    }
    auto const plan = load::read_plan(argv[1]);
    auto const outcome = load::run(plan);
    std::cout << json::serialize(as_json(plan, outcome)) << '\n';
    return outcome.failures.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}
catch (std::exception const& error)
{
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
}
