// The nodes of a syntax tree hold each other, so they cannot be compared where they are declared.
#include <scimkit/filter/filter.hpp>

namespace scimkit
{

bool operator==(Conjunction const& a, Conjunction const& b) { return a.operands == b.operands; }
bool operator==(Disjunction const& a, Disjunction const& b) { return a.operands == b.operands; }
bool operator==(Negation const& a, Negation const& b) { return a.operand == b.operand; }
bool operator==(ValuePath const& a, ValuePath const& b) { return a.attribute == b.attribute && a.filter == b.filter; }

std::string_view to_string(CompareOperator op) noexcept
{
    switch (op)
    {
    case CompareOperator::eq:
        return "eq";
    case CompareOperator::ne:
        return "ne";
    case CompareOperator::co:
        return "co";
    case CompareOperator::sw:
        return "sw";
    case CompareOperator::ew:
        return "ew";
    case CompareOperator::gt:
        return "gt";
    case CompareOperator::ge:
        return "ge";
    case CompareOperator::lt:
        return "lt";
    case CompareOperator::le:
        break;
    }
    return "le";
}

} // namespace scimkit
