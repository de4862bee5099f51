// The list of the cases, and the runner.
#include "cases.hpp"

namespace scimkit
{
namespace conformance
{

void add_case(Cases& cases, std::string name, CaseBody body)
{
    cases.list.push_back({std::move(name), [body, options = cases.options, profile = cases.profile,
                                            is_general = cases.are_general](StoreFactory const& factory)
                          {
                              Check check;
                              try
                              {
                                  Fixture fixture{factory, check, options, profile.get()};
                                  if (is_general)
                                      fixture.needs_users_and_groups();
                                  else
                                      fixture.rules.trust();
                                  body(fixture);
                              }
                              catch (...)
                              {
                                  check.caught();
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

namespace
{

void add_general_cases(conformance::Cases& cases)
{
    conformance::add_operation_cases(cases);
    conformance::add_uniqueness_cases(cases);
    conformance::add_transaction_cases(cases);
    conformance::add_parallel_cases(cases);
    conformance::add_filter_cases(cases);
    conformance::add_page_cases(cases);
    conformance::add_position_cases(cases);
    conformance::add_large_attribute_cases(cases);
    conformance::add_hint_cases(cases);
    conformance::add_change_log_cases(cases);
    conformance::add_log_replay_cases(cases);
    conformance::add_log_reader_cases(cases);
    conformance::add_savepoint_cases(cases);
    conformance::add_attachment_cases(cases);
    conformance::add_tenant_cases(cases);
}

} // namespace

std::vector<ConformanceCase> store_conformance_cases(ConformanceOptions const& options)
{
    conformance::Cases cases{options, {}, {}, true};
    add_general_cases(cases);
    return std::move(cases.list);
}

std::vector<ConformanceCase> profile_conformance_cases(ConformanceProfile profile, ConformanceOptions const& options)
{
    conformance::Cases cases{options, {}, std::make_shared<ConformanceProfile const>(std::move(profile)), false};
    conformance::add_profile_cases(cases);
    cases.are_general = true;
    add_general_cases(cases);
    return std::move(cases.list);
}

} // namespace scimkit
