public import BasicContainers

extension UniqueArray where Element: ~Copyable {
    /// Makes an element for each item, which `map` cannot do for elements that are not copyable.
    public init<Item>(for items: some Collection<Item>, make: (Item) throws -> Element) throws {
        self.init(minimumCapacity: items.count)
        for item in items { append(try make(item)) }
    }
}
