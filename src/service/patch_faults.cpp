// References are settled after all operations: whose fault it is has to be found again from what each of them says.
#include "patch_faults.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

bool mentions(json::value const& value, std::string_view text)
{
    if (auto const* string = value.if_string())
        return *string == text;
    if (auto const* array = value.if_array())
        return std::ranges::any_of(*array, [text](json::value const& each) { return mentions(each, text); });
    auto const* object = value.if_object();
    return object != nullptr && std::ranges::any_of(*object, [text](json::key_value_pair const& each)
                                                    { return mentions(each.value(), text); });
}

} // namespace

Error in_operation(Error error, std::size_t position)
{
    if (!error.attribute.empty())
        error.detail.insert(0, "Operations[" + std::to_string(position) + "]: ");
    return error;
}

Error in_its_operation(Error error, std::span<PatchOperation const> operations, std::string_view culprit)
{
    PatchOperation const* guilty = nullptr;
    bool is_named = false;
    for (PatchOperation const& operation : operations)
    {
        AttributeRef whole = operation.path.attribute;
        whole.sub_attribute = nullptr;
        if (error.attribute.empty() || operation.op == PatchOp::remove || whole.attribute == nullptr ||
            !error.attribute.starts_with(whole.path()))
            continue;
        bool const names_it = mentions(operation.value, culprit);
        if (names_it || !is_named)
            guilty = &operation;
        is_named = is_named || names_it;
    }
    return guilty != nullptr ? in_operation(std::move(error), guilty->position) : error;
}

} // namespace scimkit::service
