/// Says that `dependent` lives as long as the borrow of `source`.
@unsafe @_unsafeNonescapableResult @_alwaysEmitIntoClient @_transparent
@_lifetime(borrow source)
func _overrideLifetime<Dependent: ~Copyable & ~Escapable, Source: ~Copyable & ~Escapable>(
    _ dependent: consuming Dependent, borrowing source: borrowing Source
) -> Dependent {
    dependent
}

/// Says that `dependent` lives as long as the exclusive access to `source`.
@unsafe @_unsafeNonescapableResult @_alwaysEmitIntoClient @_transparent
@_lifetime(&source)
func _overrideLifetime<Dependent: ~Copyable & ~Escapable, Source: ~Copyable & ~Escapable>(
    _ dependent: consuming Dependent, mutating source: inout Source
) -> Dependent {
    dependent
}
