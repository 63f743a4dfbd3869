import Contracts

extension PolicyTerms {
    /// The terms without their lists, which can be long.
    var withoutLists: PolicyTerms {
        var terms = self
        terms.allowedRecipients = []
        terms.blockedRecipients = []
        terms.blockedCategories = []
        return terms
    }
}
