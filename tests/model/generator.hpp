// Requests that might follow on what a model has: most of them make sense, some do not.
#pragma once

#include "make_values.hpp"

namespace scimkit::model
{

/// Filters in text.
class FilterMaker
{
public:
    FilterMaker(Choices& choices, ValueMaker& values, Mode mode, Features const& without)
        : mode_(mode)
        , without_(without)
        , choices_(choices)
        , values_(values)
    {
    }

    std::string filter(Type const& type, int depth = 2);
    /// Between brackets after a multi-valued attribute. Without `computed` it does not ask for `$ref`: one of a
    /// message's own elements is computed when all of its operations are done.
    std::string element_filter(Attribute const& attribute, int depth = 1, bool computed = true);

private:
    std::string test(std::string const& name, Attribute const& leaf);
    Target target(Type const& type);

    Mode mode_;
    Features const& without_;
    Choices& choices_;
    ValueMaker& values_;
};

/// The body of a PATCH.
class PatchMaker
{
public:
    PatchMaker(Choices& choices, ValueMaker& values, FilterMaker& filters, Features const& without)
        : without_(without)
        , choices_(choices)
        , values_(values)
        , filters_(filters)
    {
    }

    json::object body(Type const& type);

private:
    json::object operation(Type const& type);
    json::object without_path(Type const& type);
    json::value member_value(Attribute const& attribute);

    Features const& without_;
    Choices& choices_;
    ValueMaker& values_;
    FilterMaker& filters_;
};

class Generator
{
public:
    Generator(Choices& choices, Model const& model, Features const& without);

    Step next();

private:
    Step create();
    Step get(std::string const& method);
    Step replace();
    Step patch();
    Step remove();
    Step list();
    Step search();
    void call_it_me(Step& step, Type const& type, std::string const& id);
    Step membership();
    std::string membership_filter(int depth = 2);
    Step token();
    Step changes();
    void need_not_wait(Step& step);
    Step bulk();
    json::object bulk_post(std::string const& bulk_id, Type const& type);
    json::object bulk_change();
    void spoil(json::object& operation);

    Type const& type();
    std::string new_number();
    std::string any_id(Type const& type);
    std::string shape(Type const& type);
    void add_preconditions(Step& step, std::string const& id, bool is_read);
    bool with(std::string const& feature) const { return !without_.contains(feature); }

    Choices& choices_;
    Model const& model_;
    Features const& without_;
    ValueMaker values_;
    FilterMaker filters_;
    PatchMaker patches_;
    std::vector<Type const*> types_;
    struct Token
    {
        std::string name;
        std::string endpoint; ///< empty: of the root
    };
    std::vector<Token> tokens_{};
    int created_ = 0;
};

} // namespace scimkit::model
