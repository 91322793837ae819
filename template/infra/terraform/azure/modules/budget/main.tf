# An e-mail before the money is gone: on what is spent, and on what the month will come to.
variable "name" {
  description = "Name of the budget."
  type        = string
}

variable "resource_group_id" {
  description = "The resource group whose costs are counted."
  type        = string
}

variable "monthly" {
  description = "The month's limit in the subscription's currency."
  type        = number
}

variable "start" {
  description = "First day of the first month."
  type        = string
}

variable "contact" {
  description = "Who gets the e-mail."
  type        = string
}

resource "azurerm_consumption_budget_resource_group" "monthly" {
  name              = var.name
  resource_group_id = var.resource_group_id
  amount            = var.monthly
  time_grain        = "Monthly"

  time_period {
    start_date = var.start
  }

  dynamic "notification" {
    for_each = toset(["Actual", "Forecasted"])

    content {
      threshold      = 80
      threshold_type = notification.value
      operator       = "GreaterThan"
      contact_emails = [var.contact]
    }
  }
}
