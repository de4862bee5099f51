// The cases by subject; each function adds its own.
#pragma once

#include "fixture.hpp"

namespace scimkit::conformance
{

using CaseBody = void (*)(Fixture&);

/// Adds a case that runs `body` over a fresh store.
void add_case(std::vector<ConformanceCase>& cases, std::string name, CaseBody body);

void add_operation_cases(std::vector<ConformanceCase>& cases);
void add_uniqueness_cases(std::vector<ConformanceCase>& cases);
void add_transaction_cases(std::vector<ConformanceCase>& cases);
void add_parallel_cases(std::vector<ConformanceCase>& cases);
void add_filter_cases(std::vector<ConformanceCase>& cases);
void add_page_cases(std::vector<ConformanceCase>& cases);
void add_large_attribute_cases(std::vector<ConformanceCase>& cases);
void add_change_feed_cases(std::vector<ConformanceCase>& cases);
void add_tenant_cases(std::vector<ConformanceCase>& cases);

} // namespace scimkit::conformance
