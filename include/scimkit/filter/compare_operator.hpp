// CompareOperator: compareOp of RFC 7644 section 3.4.2.2, figure 1. By itself, so that what sees bound filters only
// does not depend on the syntax tree.
#pragma once

#include <scimkit/export.hpp>

#include <string_view>

namespace scimkit
{

enum class CompareOperator
{
    eq,
    ne,
    co, ///< contains; of text only, as are sw and ew
    sw, ///< starts with
    ew, ///< ends with
    gt, ///< after, for times and text; not of booleans and binary values, as ge, lt and le are not
    ge,
    lt,
    le
};

/// "eq": the keyword, in lower case. Threading: any. Lifetimes: the text is static. Complexity: constant.
SCIMKIT_API std::string_view to_string(CompareOperator op) noexcept;

} // namespace scimkit
