// The list of the cases, and the runner.
#include "cases.hpp"

#include <exception>

namespace scimkit
{
namespace conformance
{

void add_case(Cases& cases, std::string name, CaseBody body)
{
    cases.list.push_back({std::move(name), [body, options = cases.options](StoreFactory const& factory)
                          {
                              Check check;
                              try
                              {
                                  Fixture fixture{factory, check, options};
                                  body(fixture);
                              }
                              catch (Stop const&)
                              {
                              }
                              catch (std::exception const& thrown)
                              {
                                  check.fail(std::string{"an exception left the store: "} + thrown.what());
                              }
                              auto report = check.take();
                              report.seed = options.seed;
                              return report;
                          }});
}

} // namespace conformance

std::string to_string(ConformanceReport const& report)
{
    if (!report.skipped.empty())
        return "skipped: " + report.skipped;
    std::string text;
    for (ConformanceFailure const& failure : report.failures)
        text.append(failure.text).append("\n");
    return text.empty() ? "passed" : text + "(seed " + std::to_string(report.seed) + ")\n";
}

std::vector<ConformanceCase> store_conformance_cases(ConformanceOptions const& options)
{
    conformance::Cases cases{options, {}};
    conformance::add_operation_cases(cases);
    conformance::add_uniqueness_cases(cases);
    conformance::add_transaction_cases(cases);
    conformance::add_parallel_cases(cases);
    conformance::add_filter_cases(cases);
    conformance::add_page_cases(cases);
    conformance::add_large_attribute_cases(cases);
    conformance::add_change_log_cases(cases);
    conformance::add_log_replay_cases(cases);
    conformance::add_log_reader_cases(cases);
    conformance::add_savepoint_cases(cases);
    conformance::add_attachment_cases(cases);
    conformance::add_tenant_cases(cases);
    return std::move(cases.list);
}

} // namespace scimkit
