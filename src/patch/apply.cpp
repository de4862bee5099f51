// All operations on one draft, in order; a run of removals in one pass (RFC 7644 section 3.5.2).
#include "edit.hpp"
#include "filter_values.hpp"
#include "patcher.hpp"

#include <iterator>

namespace scimkit
{

namespace
{

// The values of consecutive removals by `value` from one attribute, so that removing many members one by one costs
// what removing them in one operation does.
class RemovalRun
{
public:
    explicit RemovalRun(std::span<PatchOperation const> operations)
    {
        for (auto const& operation : operations)
        {
            if (!extend(operation, operations.front()))
                return;
            ++length_;
        }
    }

    std::size_t length() const noexcept { return length_; }
    std::span<std::string const> values() const noexcept { return values_; }

private:
    bool extend(PatchOperation const& operation, PatchOperation const& first)
    {
        auto const& target = operation.path.attribute;
        if (operation.op != PatchOp::remove || operation.path.filter.empty() || target.sub_attribute ||
            !operation.value.is_null() || target != first.path.attribute || is_read_only(target))
        {
            return false;
        }
        auto values = values_of(operation.path.filter.front());
        if (!values)
            return false;
        values_.insert(values_.end(), std::make_move_iterator(values->begin()), std::make_move_iterator(values->end()));
        return true;
    }

    std::size_t length_ = 0;
    std::vector<std::string> values_;
};

} // namespace

result<bool> nothing_before(std::size_t) { return false; }

result<bool> apply_patch(Resource& resource, std::span<PatchOperation const> operations, PatchOptions const& options,
                         function_ref<result<bool>(std::size_t)> before)
{
    Draft draft{resource.attributes};
    Patcher patcher{resource, draft, options};
    for (auto rest = operations; !rest.empty();)
    {
        auto const& operation = rest.front();
        auto const other = before(operations.size() - rest.size());
        if (!other)
            return other.error();
        if (*other)
            patcher.forget_all();
        // A run does not look at what each of its filters selects.
        RemovalRun const run{options.remove_absent && options.several_matches ? rest : rest.first(0)};
        bool const is_run = run.length() > 1;
        auto applied = is_run ? patcher.remove_values(operation, run.values()) : patcher.apply(operation);
        if (!applied)
            return at_operation(applied.error(), operation.position);
        rest = rest.subspan(is_run ? run.length() : 1);
    }
    if (auto fine = check_resource(draft.attributes(), *resource.type); !fine)
        return fine.error();
    return draft.commit();
}

} // namespace scimkit
