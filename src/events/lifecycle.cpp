// What a change means is decided from the change alone, so that it means the same whenever it is read.
#include <scimkit/events/lifecycle.hpp>

#include "../store/activity.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace scimkit
{
namespace
{

bool contains(std::vector<std::string> const& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

std::string_view view_of(json::object const& element, std::string_view name)
{
    auto const* const value = element.if_contains(name);
    return value && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

class Rules final : public LifecycleRules
{
public:
    explicit Rules(LifecycleRuleOptions options)
        : options_(std::move(options))
    {
    }

    void classify(LoggedChange const& change, function_ref<bool(LifecycleEvent const&)> sink) const override
    {
        if (contains(options_.people, change.resource_type))
            classify_person(change, sink);
        else if (contains(options_.groups, change.resource_type))
            classify_members(change, sink);
    }

private:
    static LifecycleEvent event(Lifecycle kind, LoggedChange const& change)
    {
        return {.kind = kind,
                .tenant = change.tenant,
                .id = change.id,
                .attributes = {},
                .group = {},
                .joined_group = false,
                .change = change};
    }

    void classify_person(LoggedChange const& change, function_ref<bool(LifecycleEvent const&)> sink) const
    {
        auto const active = activity_of(change);
        switch (change.operation)
        {
        case LoggedChange::Operation::created:
            if (active.value_or(true))
                sink(event(Lifecycle::joiner, change));
            return;
        case LoggedChange::Operation::removed:
            sink(event(Lifecycle::leaver, change));
            return;
        case LoggedChange::Operation::replaced:
            break;
        }
        if (active)
        {
            sink(event(*active ? Lifecycle::joiner : Lifecycle::leaver, change));
            return;
        }
        std::vector<std::string> moved;
        for (LoggedChange::Value const& value : change.changed)
            if (contains(options_.places, value.path))
                moved.push_back(value.path);
        if (moved.empty())
            return;
        auto mover = event(Lifecycle::mover, change);
        mover.attributes = moved;
        sink(mover);
    }

    void classify_members(LoggedChange const& change, function_ref<bool(LifecycleEvent const&)> sink) const
    {
        auto const tell = [&](std::string_view id, bool joined)
        {
            auto mover = event(Lifecycle::mover, change);
            mover.id = id;
            mover.group = change.id;
            mover.joined_group = joined;
            return sink(mover);
        };
        for (LoggedChange::Elements const& elements : change.elements)
        {
            if (elements.attribute != options_.members)
                continue;
            for (std::string const& id : elements.went)
                if (!tell(id, false))
                    return;
            for (json::object const& element : elements.came)
                if (auto const id = view_of(element, "value"); !id.empty() && view_of(element, "type") != "Group")
                    if (!tell(id, true))
                        return;
        }
    }

    LifecycleRuleOptions const options_;
};

} // namespace

std::string_view name_of(Lifecycle kind) noexcept
{
    switch (kind)
    {
    case Lifecycle::joiner:
        return "joiner";
    case Lifecycle::mover:
        return "mover";
    case Lifecycle::leaver:
        break;
    }
    return "leaver";
}

std::shared_ptr<LifecycleRules const> lifecycle_rules(LifecycleRuleOptions options)
{
    return std::make_shared<Rules>(std::move(options));
}

std::function<result<void>(LogBatch&)> lifecycle_handler(LifecycleHooks hooks,
                                                         std::shared_ptr<LifecycleRules const> rules)
{
    if (!rules)
        rules = lifecycle_rules();
    return [hooks = std::move(hooks), rules = std::move(rules)](LogBatch& batch) -> result<void>
    {
        for (LoggedChange const& change : batch.changes)
        {
            result<void> done;
            rules->classify(change,
                            [&](LifecycleEvent const& event)
                            {
                                auto const& hook = event.kind == Lifecycle::joiner  ? hooks.joiner
                                                   : event.kind == Lifecycle::mover ? hooks.mover
                                                                                    : hooks.leaver;
                                if (hook)
                                    done = hook(event);
                                return done.has_value();
                            });
            if (!done)
                return done;
            ++batch.done;
        }
        return {};
    };
}

} // namespace scimkit
