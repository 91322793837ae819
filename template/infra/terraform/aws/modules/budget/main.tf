# An e-mail before the money is gone: on what is spent, and on what the month will come to.
variable "name" {
  description = "Name of the budget."
  type        = string
}

variable "product" {
  description = "The value of the product tag that is counted."
  type        = string
}

variable "monthly_usd" {
  description = "The month's limit in US dollars."
  type        = number
}

variable "contact" {
  description = "Who gets the e-mail."
  type        = string
}

resource "aws_budgets_budget" "monthly" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:product$%s", var.product)]
  }

  dynamic "notification" {
    for_each = toset(["ACTUAL", "FORECASTED"])

    content {
      comparison_operator        = "GREATER_THAN"
      threshold                  = 80
      threshold_type             = "PERCENTAGE"
      notification_type          = notification.value
      subscriber_email_addresses = [var.contact]
    }
  }
}
