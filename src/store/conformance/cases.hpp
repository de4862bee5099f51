// The cases by subject; each function adds its own.
#pragma once

#include "fixture.hpp"

namespace scimkit::conformance
{

using CaseBody = void (*)(Fixture&);

/// The list as it grows.
struct Cases
{
    ConformanceOptions options;
    std::vector<ConformanceCase> list;
    std::shared_ptr<ConformanceProfile const> profile{}; ///< may be null
    bool are_general = true;                             ///< those to come: they have users and groups
};

/// Adds a case that runs `body` over a fresh store.
void add_case(Cases& cases, std::string name, CaseBody body);

/// Those that look at what a profile names.
void add_profile_cases(Cases& cases);
void add_profile_query_cases(Cases& cases);

void add_operation_cases(Cases& cases);
void add_uniqueness_cases(Cases& cases);
void add_transaction_cases(Cases& cases);
void add_parallel_cases(Cases& cases);
void add_filter_cases(Cases& cases);
void add_page_cases(Cases& cases);
void add_position_cases(Cases& cases);
void add_large_attribute_cases(Cases& cases);
void add_hint_cases(Cases& cases);
void add_change_log_cases(Cases& cases);
void add_log_replay_cases(Cases& cases);
void add_log_reader_cases(Cases& cases);
void add_tenant_cases(Cases& cases);
void add_savepoint_cases(Cases& cases);
void add_attachment_cases(Cases& cases);

} // namespace scimkit::conformance
