//! Functions of the OpenAPI rules. They read the document as a tree of values, as their originals do, so that they also
//! work on what is no valid contract.

mod examples;
mod paths;
mod security;
mod servers;
mod values;

use super::OasFunction;
use crate::workspace::Place;

const FUNCTIONS: [(&str, OasFunction); 18] = [
    ("oasDiscriminator", values::discriminator),
    ("oasDocumentSchema", values::document),
    ("oasExample", examples::example),
    ("oasOpFormDataConsumeCheck", paths::form_data_consumes),
    ("oasOpIdUnique", paths::ids_unique),
    ("oasOpParams", paths::parameters),
    ("oasOpSuccessResponse", paths::success_response),
    ("oasPathParam", paths::path_parameters),
    ("oasSchema", examples::schema),
    ("oasSecurityDefined", security::defined),
    ("oasTagDefined", paths::tags_defined),
    ("oasUnusedComponent", values::unused_components),
    ("owaspAdminSecurity", security::admin),
    ("owaspSecurity", security::required),
    ("refSiblings", values::ref_siblings),
    ("serverVariables", servers::variables),
    ("typedEnum", values::typed_enum),
    ("uniquenessTags", values::unique_tags),
];

/// The function with this name.
pub(super) fn find(name: &str) -> Option<OasFunction> {
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}

const METHODS: [&str; 8] = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];

/// Path, method and operation of every operation below `paths`.
fn operations<'w>(view: &super::View<'w>, paths: Place<'w>) -> Vec<(&'w str, &'w str, Place<'w>)> {
    let mut out = Vec::new();
    for path in paths.members() {
        for method in view.follow(path.value).members().filter(|member| METHODS.contains(&member.name)) {
            let operation = view.follow(method.value);
            if operation.is_map() {
                out.push((path.name, method.name, operation));
            }
        }
    }
    out
}
