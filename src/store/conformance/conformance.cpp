#include "cases.hpp"

#include <exception>

namespace scimkit
{
namespace conformance
{

void add_case(std::vector<ConformanceCase>& cases, std::string name, CaseBody body)
{
    cases.push_back({std::move(name), [body](StoreFactory const& factory)
                     {
                         Check check;
                         try
                         {
                             Fixture fixture{factory, check};
                             body(fixture);
                         }
                         catch (Stop const&)
                         {
                         }
                         catch (std::exception const& thrown)
                         {
                             check.fail(std::string{"an exception left the store: "} + thrown.what());
                         }
                         return check.take();
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
    return text.empty() ? "passed" : text;
}

std::vector<ConformanceCase> store_conformance_cases()
{
    std::vector<ConformanceCase> cases;
    conformance::add_operation_cases(cases);
    conformance::add_uniqueness_cases(cases);
    conformance::add_transaction_cases(cases);
    conformance::add_parallel_cases(cases);
    conformance::add_filter_cases(cases);
    conformance::add_page_cases(cases);
    conformance::add_large_attribute_cases(cases);
    conformance::add_change_feed_cases(cases);
    conformance::add_tenant_cases(cases);
    return cases;
}

} // namespace scimkit
